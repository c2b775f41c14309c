import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { getSystemErrorMap } from "node:util";
import { EngineError, invalidArgument, messageOf, unavailable } from "../errors/engine-error.ts";
import { readMounts } from "../sys/mountinfo.ts";
import { mount, planMount, unmount } from "../sys/mounts.ts";
import { runCommand } from "../sys/spawn.ts";
import type { LocalMount } from "./local-options.ts";

/** What a volume driver needs of the kernel. */
export interface VolumeMounter {
  mount(what: LocalMount, target: string): Promise<void>;
  /** False when nothing is mounted there. */
  unmount(target: string): Promise<boolean>;
  /** The mount points at or below a directory, deepest first. */
  mountsBelow(directory: string): string[];
}

export const kernelMounter: VolumeMounter = {
  async mount(what, target) {
    const resolved = { ...what, options: await withAddress(what) };
    try {
      if (what.type === "nfs" || what.type === "nfs4") await mountRemote(resolved, target);
      else mount({ type: what.type, source: what.device, options: resolved.options }, target);
    } catch (error) {
      const words = `${attempt(resolved, target)}: ${reasonOf(error)}`;
      throw invalidArgument(
        `error while mounting volume '${target}': failed to mount local volume: ${words}`,
        error,
      );
    }
  },

  async unmount(target) {
    return unmount(target, { lazy: true });
  },

  mountsBelow(directory) {
    return readMounts()
      .map((entry) => entry.mountpoint)
      .filter((path) => path === directory || path.startsWith(`${directory}/`))
      .sort((a, b) => b.length - a.length);
  },
};

/** The kernel's network file systems want an address where people write a name. */
async function withAddress(what: LocalMount): Promise<readonly string[]> {
  if (what.type !== "nfs" && what.type !== "nfs4" && what.type !== "cifs") return what.options;
  const given = what.options.find((word) => word.startsWith("addr="))?.slice("addr=".length);
  const host = given ?? (what.type === "cifs" ? /^(?:\/\/|\\\\)([^/\\]+)/.exec(what.device)?.[1] : undefined);
  if (!host || isIP(host) !== 0) return what.options;
  try {
    const { address } = await lookup(host);
    return [...what.options.filter((word) => !word.startsWith("addr=")), `addr=${address}`];
  } catch (error) {
    throw invalidArgument(`error resolving passed in network volume address: ${messageOf(error)}`, error);
  }
}

/**
 * A server that does not answer holds mount(2) for minutes, and with it the event loop. So a
 * process of its own waits; `-i` keeps it from doing more than that one call.
 */
async function mountRemote(what: LocalMount, target: string): Promise<void> {
  const options = what.options.length === 0 ? [] : ["-o", what.options.join(",")];
  const command = ["mount", "-i", "-t", what.type, ...options, "--", what.device, target];
  const { code, stderr } = await runCommand(command, { timeoutMs: remoteTimeoutMs });
  if (code === 0) return;
  const said = stderr.trim().split("\n")[0] ?? "";
  throw unavailable(said.replace(`mount: ${target}: `, "") || "connection timed out");
}

const remoteTimeoutMs = 180_000;

/** `mount device:target, flags: 0x1000, data: size=1m`, without passwords. */
function attempt(what: LocalMount, target: string): string {
  const plan = planMount(what.options);
  const flags = plan.flags === 0 ? "" : `, flags: 0x${plan.flags.toString(16)}`;
  const words = plan.data.map((word) => (word.startsWith("password=") ? "password=****" : word));
  const data = words.length === 0 ? "" : `, data: ${words.join(",")}`;
  return `mount ${what.device}:${target}${flags}${data}`;
}

const linuxWords: Readonly<Record<string, string>> = {
  EBUSY: "device or resource busy",
  ENODEV: "no such device",
  ENOTBLK: "block device required",
  ENXIO: "no such device or address",
};

function reasonOf(error: unknown): string {
  const cause = error instanceof EngineError ? error.cause : undefined;
  if (typeof cause !== "object" || cause === null || !("errno" in cause)) return messageOf(error);
  const [name, text] = getSystemErrorMap().get(-Number(cause.errno)) ?? ["", ""];
  return linuxWords[name] ?? (text || messageOf(error));
}
