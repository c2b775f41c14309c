import { readFileSync } from "node:fs";
import { invalidArgument, messageOf } from "../errors/engine-error.ts";
import { parseDuration } from "../registry/server/config-values.ts";
import { parseRegistryConfig, type RegistryConfig } from "../registry/server/registry-config.ts";

/** Flags of the command line that were given, by name. */
export type GivenFlags = Readonly<Record<string, string | boolean>>;

/** The file of `--config` with the flags over it. */
export function registryConfig(flags: GivenFlags, read = readText): RegistryConfig {
  const file = text(flags, "config");
  const config = file === undefined ? {} : fromFile(file, read);
  const proxy = text(flags, "proxy");
  const interval = text(flags, "gc-interval");
  const grace = text(flags, "grace");
  const gc = {
    ...config.gc,
    ...(interval !== undefined && { intervalMs: parseDuration(interval) }),
    ...(grace !== undefined && { graceMs: parseDuration(grace) }),
    ...(flags["delete-untagged"] !== undefined && { deleteUntagged: flags["delete-untagged"] === true }),
  };
  const merged: RegistryConfig = {
    ...config,
    ...given(flags, "addr", "addr"),
    ...given(flags, "root", "root"),
    ...given(flags, "htpasswd", "htpasswd"),
    ...given(flags, "anonymousPull", "anonymous-pull"),
    ...given(flags, "tlsCert", "tls-cert"),
    ...given(flags, "tlsKey", "tls-key"),
    ...given(flags, "tlsClientCa", "tls-client-ca"),
    ...given(flags, "readOnly", "read-only"),
    ...given(flags, "log", "log"),
    ...(proxy !== undefined && { proxy: { ...config.proxy, url: proxy } }),
    gc,
  };
  check(merged);
  return merged;
}

function fromFile(file: string, read: (file: string) => string): RegistryConfig {
  try {
    return parseRegistryConfig(read(file));
  } catch (error) {
    throw invalidArgument(`configuration file ${JSON.stringify(file)}: ${messageOf(error)}`, error);
  }
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}

function text(flags: GivenFlags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

function given<Key extends keyof RegistryConfig>(
  flags: GivenFlags,
  key: Key,
  name: string,
): Partial<Record<Key, never>> {
  return flags[name] === undefined ? {} : ({ [key]: flags[name] } as Partial<Record<Key, never>>);
}

/** Settings that make no sense together, or one without the other. */
function check(config: RegistryConfig): void {
  if (config.anonymousPull && config.htpasswd === undefined)
    throw invalidArgument("anonymous-pull says who needs no password, but there is no htpasswd file");
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined))
    throw invalidArgument("tls-cert and tls-key belong together");
  if (config.tlsClientCa !== undefined && config.tlsCert === undefined)
    throw invalidArgument("tls-client-ca needs tls-cert and tls-key");
  if (config.s3 && config.root !== undefined)
    throw invalidArgument("the data is either below root or in s3, not in both");
  if (config.proxy && !/^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/.test(config.proxy.url))
    throw invalidArgument(`proxy: ${JSON.stringify(config.proxy.url)} is not the address of a registry`);
  if ((config.proxy?.username === undefined) !== (config.proxy?.password === undefined))
    throw invalidArgument("proxy: username and password belong together");
}
