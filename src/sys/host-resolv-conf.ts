import { readFileSync, statSync } from "node:fs";

export interface HostResolvConf {
  readonly path: string;
  readonly text: string;
}

const usual = "/etc/resolv.conf";
/** Where systemd-resolved writes the servers it asks itself. */
const behindStub = "/run/systemd/resolve/resolv.conf";

/** The host's file; empty where it has none. */
export function hostResolvConf(): HostResolvConf {
  return { path: usual, text: read(usual) ?? "" };
}

/**
 * The host's file for those who cannot reach its loopback: where that names systemd-resolved's
 * stub alone, the file with the servers behind it.
 */
export function reachableResolvConf(): HostResolvConf {
  const host = hostResolvConf();
  const servers = host.text.split("\n").filter((line) => /^\s*nameserver\s/.test(line));
  const isStub = servers.length === 1 && /\s127\.0\.0\.53\s*$/.test(servers[0] ?? "");
  const text = isStub ? read(behindStub) : undefined;
  return text === undefined ? host : { path: behindStub, text };
}

/** Changes when the file does. */
export function hostResolvConfStamp(): string {
  const found = statSync(usual, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : "";
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
