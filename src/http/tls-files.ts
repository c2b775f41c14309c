import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { invalidArgument, messageOf } from "../errors/engine-error.ts";

/** `--tls*` as given. `verify` refuses clients without a certificate of the authority. */
export interface TlsFlags {
  readonly verify: boolean;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

export function loadTls(flags: TlsFlags): TlsSettings {
  const cert = read("certificate", flags.certFile);
  const key = read("key", flags.keyFile);
  checkPair(cert, key, flags);
  if (!flags.verify) return { cert, key };
  return { cert, key, ca: read("authority", flags.caFile), requestCert: true, rejectUnauthorized: true };
}

function read(what: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw invalidArgument(`cannot read the TLS ${what}: ${messageOf(error)}`, error);
  }
}

/** Here, where the files are still known: later it would be a failure to listen. */
function checkPair(cert: string, key: string, { certFile, keyFile }: TlsFlags): void {
  const certificate = parsed("certificate", certFile, () => new X509Certificate(cert));
  const own = parsed("key", keyFile, () => createPrivateKey(key));
  if (certificate.checkPrivateKey(own)) return;
  throw invalidArgument(
    `the TLS key in ${JSON.stringify(keyFile)} is not that of the certificate in ${JSON.stringify(certFile)}`,
  );
}

function parsed<T>(what: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw invalidArgument(`${JSON.stringify(file)} holds no TLS ${what} in PEM form`, error);
  }
}
