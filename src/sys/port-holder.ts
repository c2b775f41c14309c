import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { addressBytes } from "../lib/ip.ts";
import type { TransportProtocol } from "./ports.ts";

export interface PortHolder {
  readonly pid: number;
  readonly process: string;
}

/**
 * The process that has a socket on a port of the host, found as `ss -p` does: the socket's
 * inode in /proc/net, then the process with that inode among its open files. Only asked
 * after a port was refused.
 */
export function findPortHolder(
  protocol: TransportProtocol,
  address: string,
  port: number,
): PortHolder | undefined {
  if (protocol === "sctp") return undefined;
  const inodes = new Set([
    ...socketInodes(`/proc/net/${protocol}`, address, port),
    ...socketInodes(`/proc/net/${protocol}6`, address, port),
  ]);
  if (inodes.size === 0) return undefined;
  for (const pid of processes()) {
    if (!holdsOneOf(pid, inodes)) continue;
    return { pid: Number(pid), process: processName(pid) };
  }
  return undefined;
}

const TCP_LISTEN = "0A";
const UDP_UNCONNECTED = "07";

/** Inodes of sockets that would refuse a bind to this address and port. */
export function socketInodes(file: string, address: string, port: number): string[] {
  const found: string[] = [];
  for (const line of readText(file).split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [host = "", hexPort = ""] = (fields[1] ?? "").split(":");
    if (Number.parseInt(hexPort, 16) !== port) continue;
    if (fields[3] !== TCP_LISTEN && fields[3] !== UDP_UNCONNECTED) continue;
    if (!overlaps(host, address)) continue;
    found.push(fields[9] ?? "");
  }
  return found.filter((inode) => inode !== "" && inode !== "0");
}

/**
 * /proc/net writes addresses in words of four bytes, each as one number in the machine's
 * order, in hex; a wildcard is all zeros. IPv4 in an IPv6 socket is the last of four words.
 */
function overlaps(hex: string, address: string): boolean {
  const isIpv6 = address.includes(":");
  if (isIpv6 && hex.length === 8) return false;
  if (address === "0.0.0.0" || address === "::" || /^0+$/.test(hex)) return true;
  const words = addressBytes(address).toString("hex").toUpperCase().match(/.{8}/g) ?? [];
  const wanted = words.map((word) => (word.match(/../g) ?? []).reverse().join("")).join("");
  return isIpv6 ? hex === wanted : hex.slice(-8) === wanted;
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function holdsOneOf(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const target = /^socket:\[(\d+)\]$/.exec(readlink(`/proc/${pid}/fd/${fd}`));
      if (target && inodes.has(target[1] ?? "")) return true;
    }
  } catch {
    // The process ended while we looked.
  }
  return false;
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function processName(pid: string): string {
  return readText(`/proc/${pid}/comm`).trim();
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
