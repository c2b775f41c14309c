import { messageOf } from "../../errors/engine-error.ts";

/** Why no answer came, in the words people know from Docker. */
export function describeFailure(error: unknown, url: URL): string {
  const code = codeOf(error);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const peer = `${url.hostname}:${port}`;
  switch (code) {
    case "ECONNREFUSED":
    case "ConnectionRefused":
    case "FailedToOpenSocket":
      return `dial tcp ${peer}: connect: connection refused`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_NONAME":
      return `dial tcp: lookup ${url.hostname}: no such host`;
    case "ENETUNREACH":
      return `dial tcp ${peer}: connect: network is unreachable`;
    case "EHOSTUNREACH":
      return `dial tcp ${peer}: connect: no route to host`;
    case "ETIMEDOUT":
    case "ConnectionTimeout":
      return `dial tcp ${peer}: i/o timeout`;
    case "ECONNRESET":
    case "ConnectionClosed":
      return "EOF";
    case "EPROTO":
      return "tls: handshake failure";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `${notVerified}: x509: certificate signed by unknown authority`;
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `${notVerified}: x509: certificate has expired or is not yet valid`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `${notVerified}: x509: certificate is not valid for ${url.hostname}`;
    default:
      return isTimeout(error)
        ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        : messageOf(error);
  }
}

const notVerified = "tls: failed to verify certificate";

/** The server is there but does not speak TLS. */
export function isTlsProtocolFailure(error: unknown): boolean {
  return codeOf(error) === "EPROTO";
}

export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
