import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { parseDuration, parseSize } from "./config-values.ts";

/** An object store with Amazon's S3 interface. */
export interface S3Config {
  readonly endpoint?: string;
  readonly bucket: string;
  readonly region?: string;
  readonly prefix?: string;
  /** Absent: from the environment, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

export interface ProxyConfig {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** How long a tag is believed before the other registry is asked again. */
  readonly ttlMs?: number;
  readonly insecure?: boolean;
}

export interface GarbageConfig {
  readonly intervalMs?: number;
  readonly graceMs?: number;
  readonly uploadAgeMs?: number;
  readonly deleteUntagged?: boolean;
}

/** What can be set in the file of `--config`, and by flags of the same names. */
export interface RegistryConfig {
  readonly addr?: string;
  readonly root?: string;
  readonly s3?: S3Config;
  readonly htpasswd?: string;
  readonly anonymousPull?: boolean;
  readonly publicUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly readOnly?: boolean;
  readonly deletes?: boolean;
  readonly sparseIndexes?: boolean;
  readonly maxBlobBytes?: number;
  readonly maxManifestBytes?: number;
  readonly idleMs?: number;
  readonly log?: boolean;
  readonly gc?: GarbageConfig;
  readonly proxy?: ProxyConfig;
}

type Read = (value: unknown) => unknown;
/** Key in the file → key of the configuration and how its value is read. */
type Shape = Readonly<Record<string, readonly [string, Read]>>;

const text: Read = (value) => {
  if (typeof value !== "string" || value === "") throw expected("a string", value);
  return value;
};
const flag: Read = (value) => {
  if (typeof value !== "boolean") throw expected("true or false", value);
  return value;
};
const duration: Read = (value) => parseDuration(String(value));
const size: Read = (value) => parseSize(String(value));
const object =
  (shape: Shape, needed: readonly string[] = []): Read =>
  (value) =>
    readObject(value, shape, needed);

const shape: Shape = {
  addr: ["addr", text],
  root: ["root", text],
  s3: [
    "s3",
    object(
      {
        endpoint: ["endpoint", text],
        bucket: ["bucket", text],
        region: ["region", text],
        prefix: ["prefix", text],
        "access-key-id": ["accessKeyId", text],
        "secret-access-key": ["secretAccessKey", text],
      },
      ["bucket"],
    ),
  ],
  htpasswd: ["htpasswd", text],
  "anonymous-pull": ["anonymousPull", flag],
  "public-url": ["publicUrl", text],
  "tls-cert": ["tlsCert", text],
  "tls-key": ["tlsKey", text],
  "tls-client-ca": ["tlsClientCa", text],
  "read-only": ["readOnly", flag],
  deletes: ["deletes", flag],
  "sparse-indexes": ["sparseIndexes", flag],
  "max-blob-size": ["maxBlobBytes", size],
  "max-manifest-size": ["maxManifestBytes", size],
  "idle-timeout": ["idleMs", duration],
  log: ["log", flag],
  gc: [
    "gc",
    object({
      interval: ["intervalMs", duration],
      grace: ["graceMs", duration],
      "upload-age": ["uploadAgeMs", duration],
      "delete-untagged": ["deleteUntagged", flag],
    }),
  ],
  proxy: [
    "proxy",
    object(
      {
        url: ["url", text],
        username: ["username", text],
        password: ["password", text],
        ttl: ["ttlMs", duration],
        insecure: ["insecure", flag],
      },
      ["url"],
    ),
  ],
};

/** Reads YAML, and so JSON too. A key nobody knows is a mistake, not a wish for later. */
export function parseRegistryConfig(source: string): RegistryConfig {
  let value: unknown;
  try {
    value = Bun.YAML.parse(source);
  } catch (error) {
    throw invalidArgument(`neither YAML nor JSON: ${messageOf(error)}`, error);
  }
  return (value === null || value === undefined ? {} : readObject(value, shape, [])) as RegistryConfig;
}

function readObject(value: unknown, known: Shape, needed: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw expected("an object", value);
  const result: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const [name, read] = Object.hasOwn(known, key) ? (known[key] ?? []) : [];
    if (name === undefined || read === undefined) {
      throw invalidArgument(
        `unknown key ${JSON.stringify(key)}; known are: ${Object.keys(known).join(", ")}`,
      );
    }
    try {
      result[name] = read(entry);
    } catch (error) {
      throw invalidArgument(`${key}: ${messageOf(error)}`, error);
    }
  }
  const missing = needed.find((key) => result[key] === undefined);
  if (missing !== undefined) throw invalidArgument(`${missing} is missing`);
  return result;
}

function expected(what: string, value: unknown) {
  return invalidArgument(`must be ${what}, but is ${JSON.stringify(value) ?? "nothing"}`);
}
