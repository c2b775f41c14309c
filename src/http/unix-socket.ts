import { chownSync, lstatSync, readFileSync, unlinkSync } from "node:fs";
import { conflict } from "../errors/engine-error.ts";

/** Removes a socket file nobody listens on. Throws for a live one and for anything that is no socket. */
export async function clearStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw conflict(`cannot listen on ${JSON.stringify(path)}: it is not a socket`);
  if (await isListening(path)) {
    throw conflict(`cannot listen on ${JSON.stringify(path)}: another process listens there`);
  }
  unlinkSync(path);
}

async function isListening(path: string): Promise<boolean> {
  try {
    const socket = await Bun.connect({ unix: path, socket: { data() {} } });
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

/** Runs a synchronous `listen` so that the new socket file is born with mode 0660. */
export function withSocketMode<T>(listen: () => T): T {
  const before = process.umask(0o117);
  try {
    return listen();
  } finally {
    process.umask(before);
  }
}

/** Gives the socket to the group `docker`, or another one by name or number; no such group: root's. */
export function giveToGroup(path: string, group = "docker"): void {
  const id = /^\d+$/.test(group) ? Number(group) : groupId(group);
  if (process.getuid?.() !== 0) return;
  chownSync(path, 0, id ?? 0);
}

function groupId(name: string): number | undefined {
  for (const line of readFileSync("/etc/group", "utf8").split("\n")) {
    const [entry, , id] = line.split(":");
    if (entry === name) return Number(id);
  }
  return undefined;
}
