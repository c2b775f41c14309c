import { closeSync, existsSync, fstatSync, readSync, type Stats } from "node:fs";
import { posix } from "node:path";
import type { SpecMount } from "../oci/runtime-spec.ts";
import { openInRoot } from "../sys/in-root.ts";

export interface StartAttempt {
  readonly rootfs: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly mounts?: readonly SpecMount[];
}

interface Opened {
  readonly stats: Stats;
  readonly head: Buffer;
}

/**
 * Why a program would not start, from the file itself, in one sentence; undefined when
 * nothing is wrong with it. Only mounts are not seen: the root is looked at from outside.
 */
export function diagnoseStart(attempt: StartAttempt): string | undefined {
  const unmountable = attempt.mounts?.find(isMissingBind);
  if (unmountable) {
    return `the mount source ${unmountable.source} (for ${unmountable.destination}) does not exist on this host`;
  }
  const name = attempt.command[0];
  if (name === undefined || name === "") return "the command is empty";
  const path = findExecutable(name, attempt);
  if (path === undefined) return missingSentence(name, attempt);
  const file = open(attempt.rootfs, path);
  if (!file) return missingSentence(name, attempt);
  if (file.stats.isDirectory()) return `${path} is a directory, not a program`;
  if (!file.stats.isFile()) return `${path} is not a regular file`;
  if ((file.stats.mode & 0o111) === 0)
    return `${path} is not executable (mode ${modeOf(file.stats)}): chmod +x it in the image`;
  if (file.stats.size === 0) return `${path} is empty`;
  return diagnoseScript(attempt, path, file.head) ?? diagnoseElf(attempt, path, file.head);
}

const isMissingBind = ({ type, source, options }: SpecMount) =>
  (type === "bind" || options.includes("bind") || options.includes("rbind")) && !existsSync(source);

const modeOf = (stats: Stats) => (stats.mode & 0o7777).toString(8).padStart(4, "0");

function open(rootfs: string, path: string): Opened | undefined {
  let fd: number;
  try {
    fd = openInRoot(rootfs, path);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(fd);
    const head = Buffer.alloc(stats.isFile() ? 4096 : 0);
    return { stats, head: head.subarray(0, head.length > 0 ? readSync(fd, head, 0, head.length, 0) : 0) };
  } finally {
    closeSync(fd);
  }
}

/** As execvp looks for it: a name with a slash is a path, any other is searched in PATH. */
function findExecutable(name: string, attempt: StartAttempt): string | undefined {
  if (name.includes("/")) return posix.resolve("/", attempt.cwd, name);
  const candidates = searchPath(attempt.env).map((directory) =>
    posix.resolve("/", attempt.cwd, directory, name),
  );
  const runnable = candidates.find((path) => {
    const file = open(attempt.rootfs, path);
    return file?.stats.isFile() && (file.stats.mode & 0o111) !== 0;
  });
  return runnable ?? candidates.find((path) => open(attempt.rootfs, path) !== undefined);
}

function searchPath(env: readonly string[]): string[] {
  const path = env.findLast((entry) => entry.startsWith("PATH="))?.slice(5);
  return (path ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").split(":");
}

function missingSentence(name: string, attempt: StartAttempt): string {
  if (name.includes("/")) return `${posix.resolve("/", attempt.cwd, name)} does not exist in the image`;
  if (/\s/.test(name)) {
    return `the command is one word with spaces in it, ${JSON.stringify(name)}: give the program and its arguments separately`;
  }
  return `no program ${JSON.stringify(name)} in ${searchPath(attempt.env).join(", ")}`;
}

function diagnoseScript(attempt: StartAttempt, path: string, head: Buffer): string | undefined {
  if (head.toString("latin1", 0, 2) !== "#!") return undefined;
  const end = head.indexOf(10);
  const line = head.toString("utf8", 2, end < 0 ? head.length : end);
  if (line.endsWith("\r")) {
    return `the first line of ${path} ends in CR LF (Windows line ends), so its interpreter ${JSON.stringify(line.trim())} is looked for with the CR in its name: convert the file to LF`;
  }
  const interpreter = line.trim().split(/[ \t]/)[0] ?? "";
  if (interpreter === "") return `the first line of ${path} names no interpreter`;
  const file = open(attempt.rootfs, interpreter);
  if (!file) return `${path} needs the interpreter ${interpreter}, which does not exist in the image`;
  if ((file.stats.mode & 0o111) === 0) return `the interpreter ${interpreter} of ${path} is not executable`;
  return undefined;
}

/** e_machine by node's architecture names. */
const machines: Readonly<Record<number, string>> = {
  3: "x86 (32 bit)",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm (32 bit)",
  62: "x64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};

const runsOn: Readonly<Record<string, readonly number[]>> = {
  x64: [62, 3],
  arm64: [183, 40],
  arm: [40],
  ia32: [3],
  riscv64: [243],
  s390x: [22],
  ppc64: [21],
  loong64: [258],
};

function diagnoseElf(attempt: StartAttempt, path: string, head: Buffer): string | undefined {
  if (head.toString("latin1", 0, 4) !== "\x7fELF" || head.length < 64) {
    return head.toString("latin1", 0, 2) === "#!"
      ? undefined
      : `${path} is neither an ELF program nor a script: a script needs a first line such as #!/bin/sh`;
  }
  const little = head[5] === 1;
  const u16 = (at: number) => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const machine = u16(18);
  const fitting = runsOn[process.arch];
  if (fitting && !fitting.includes(machine)) {
    return `${path} is built for ${machines[machine] ?? `machine type ${machine}`}, this host is ${process.arch}`;
  }
  const loader = elfInterpreter(head);
  if (loader && !open(attempt.rootfs, loader)) {
    return `${path} needs the loader ${loader}, which does not exist in the image (a program linked for another C library?)`;
  }
  return undefined;
}

/** The path in the PT_INTERP header, when it lies within the bytes at hand (it does, in practice). */
function elfInterpreter(head: Buffer): string | undefined {
  if (head[5] !== 1) return undefined;
  const wide = head[4] === 2;
  const table = wide ? Number(head.readBigUInt64LE(32)) : head.readUInt32LE(28);
  const size = head.readUInt16LE(wide ? 54 : 42);
  const count = head.readUInt16LE(wide ? 56 : 44);
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    if (at + size > head.length) return undefined;
    if (head.readUInt32LE(at) !== 3) continue;
    const offset = wide ? Number(head.readBigUInt64LE(at + 8)) : head.readUInt32LE(at + 4);
    const length = wide ? Number(head.readBigUInt64LE(at + 32)) : head.readUInt32LE(at + 16);
    if (offset + length > head.length || length < 2) return undefined;
    return head.toString("utf8", offset, offset + length - 1);
  }
  return undefined;
}
