import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { getSystemErrorMap } from "node:util";
import { EngineError, invalidArgument, messageOf } from "../errors/engine-error.ts";
import { readMounts } from "../sys/mountinfo.ts";
import { mount, planMount, unmount } from "../sys/mounts.ts";
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
    const options = await withAddress(what);
    try {
      mount({ type: what.type, source: what.device, options }, target);
    } catch (error) {
      const words = dockerWords({ ...what, options }, target, error);
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

/** `mount device:target, flags: 0x1000, data: size=1m: invalid argument`, without passwords. */
function dockerWords(what: LocalMount, target: string, error: unknown): string {
  const plan = planMount(what.options);
  const flags = plan.flags === 0 ? "" : `, flags: 0x${plan.flags.toString(16)}`;
  const words = plan.data.map((word) => (word.startsWith("password=") ? "password=****" : word));
  const data = words.length === 0 ? "" : `, data: ${words.join(",")}`;
  return `mount ${what.device}:${target}${flags}${data}: ${reasonOf(error)}`;
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
