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
