import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { internal, messageOf } from "../../errors/engine-error.ts";

/** Where operators put certificates for single registries: `HOST[:PORT]/*.crt`, `*.cert` with `*.key`. */
export const certificateDirectories = ["/etc/docker/certs.d", "/etc/hull/certs.d"];

/** The system's own list, as OpenSSL and Go look for it. */
const systemBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

export interface RegistryCertificates {
  /** Authorities of the system and those of this registry. */
  readonly ca: readonly string[];
  readonly cert?: readonly string[];
  readonly key?: readonly string[];
}

/** Read at each use: files may come and go while the engine runs, as with Docker. */
export function registryCertificates(
  host: string,
  directories: readonly string[] = certificateDirectories,
): RegistryCertificates {
  const ca = [...systemAuthorities()];
  const cert: string[] = [];
  const key: string[] = [];
  for (const directory of directories.map((parent) => join(parent, host))) {
    const names = namesIn(directory);
    for (const name of names) {
      const path = join(directory, name);
      if (name.endsWith(".crt")) ca.push(read(path));
      if (name.endsWith(".cert")) {
        const partner = `${name.slice(0, -".cert".length)}.key`;
        if (!names.includes(partner)) {
          throw internal(
            `missing key ${partner} for client certificate ${name}. CA certificates must use the extension .crt`,
          );
        }
        cert.push(read(path));
        key.push(read(join(directory, partner)));
      }
      if (name.endsWith(".key") && !names.includes(`${name.slice(0, -".key".length)}.cert`)) {
        throw internal(`missing client certificate ${name.slice(0, -".key".length)}.cert for key ${name}`);
      }
    }
  }
  return { ca, ...(cert.length > 0 && { cert, key }) };
}

function systemAuthorities(): readonly string[] {
  for (const path of [process.env.SSL_CERT_FILE ?? "", ...systemBundles]) {
    try {
      if (path !== "") return [readFileSync(path, "utf8")];
    } catch {
      // the next place
    }
  }
  return rootCertificates;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw internal(`cannot read the certificate file ${JSON.stringify(path)}: ${messageOf(error)}`, error);
  }
}
