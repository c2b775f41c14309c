import { afterAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTls } from "./tls-files.ts";

const directory = mkdtempSync(join(tmpdir(), "tls-files-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 36500 -subj /CN=x`; its key is not kept. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIUYWJ8/dZY9iWZ4VohgCwKQoCl1bIwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAgFw0yNjExMjExNTE4NDdaGA8yMTI2MTAyODE1MTg0N1ow
DDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLK6a6ldn5fW
2xjhPTnbOLEmJYNqd7Q9mZ3AQw54U9llwmqOkBABGMcD3m612gTwzciNhlAi4IXL
fyj2l+2Dp5WjUzBRMB0GA1UdDgQWBBRi6X/leipfA/HoMxbycr6l3Ze/xTAfBgNV
HSMEGDAWgBRi6X/leipfA/HoMxbycr6l3Ze/xTAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0gAMEUCIQDZha2MuXtknE1+2sUXNAsaKrlC8bUU1BVjCcdQSeDX
WgIgLsjpMlsFYFq/OkNECGAliFJVqyaSuyvJuKfJ9dHA/BA=
-----END CERTIFICATE-----
`;

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = file("key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
const cert = file("cert.pem", certificate);
const load = (certFile: string, keyFile: string) => loadTls({ verify: false, caFile: "", certFile, keyFile });

test("files that are no certificate, no key, or not of one pair are named", () => {
  expect(() => load(key, cert)).toThrow(`${JSON.stringify(key)} holds no TLS certificate in PEM form`);
  expect(() => load(cert, cert)).toThrow(`${JSON.stringify(cert)} holds no TLS key in PEM form`);
  expect(() => load(cert, key)).toThrow(
    `the TLS key in ${JSON.stringify(key)} is not that of the certificate in ${JSON.stringify(cert)}`,
  );
  expect(() => load(join(directory, "none"), key)).toThrow("cannot read the TLS certificate");
});
