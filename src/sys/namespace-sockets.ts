import { readFileSync } from "node:fs";

export interface NamespaceSockets {
  /** Ports something listens on. */
  readonly listening: ReadonlySet<number>;
  /** Connections others have opened to one of these ports and that are not over. */
  readonly served: number;
}

const listen = "0A";
/** ESTABLISHED, SYN_RECV, FIN_WAIT1, CLOSE_WAIT, LAST_ACK, CLOSING: something may still be sent. */
const open = new Set(["01", "03", "04", "08", "09", "0B"]);

/** The TCP sockets of the network namespace a process lives in; none once it has ended. */
export function tcpSocketsOf(pid: number): NamespaceSockets {
  return readTcpSockets([readText(`/proc/${pid}/net/tcp`), readText(`/proc/${pid}/net/tcp6`)]);
}

/** Of the kernel's tables. What is connected within the namespace itself (loopback) is nobody's business. */
export function readTcpSockets(tables: readonly string[]): NamespaceSockets {
  const sockets = tables
    .flatMap((table) => table.split("\n").slice(1))
    .map((line) => {
      const [, local = "", remote = "", state = ""] = line.trim().split(/\s+/);
      return { port: portOf(local), remote, state };
    });
  const listening = new Set(sockets.filter(({ state }) => state === listen).map(({ port }) => port));
  const served = sockets.filter(
    ({ port, remote, state }) => open.has(state) && listening.has(port) && !isLoopback(remote),
  );
  return { listening, served: served.length };
}

const portOf = (address: string): number => Number.parseInt(address.split(":")[1] ?? "", 16);

/** 127.0.0.0/8 is written 0100007F on this order of bytes; in IPv6 it is the last of four words, and ::1 the other one. */
function isLoopback(remote: string): boolean {
  const address = remote.split(":")[0] ?? "";
  return address === "00000000000000000000000001000000" || /^(0{16}FFFF0000)?[0-9A-F]{6}7F$/.test(address);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
