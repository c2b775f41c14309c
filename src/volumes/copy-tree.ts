import { constants, fstatSync, type Stats } from "node:fs";
import { copyFile } from "node:fs/promises";
import {
  changeModeAt,
  changeOwnerAt,
  changeTimesAt,
  createFileAt,
  type FileTime,
  linkAt,
  majorOf,
  makeDirectoryAt,
  makeNodeAt,
  minorOf,
  type NodeKind,
  symlinkAt,
} from "../sys/files.ts";
import { exactLstatOf, lstatOf, namesIn, targetOf } from "../sys/names.ts";
import { closeFd, fdPath, O_PATH, openInRoot } from "../sys/rooted-path.ts";
import { entryPath, getXattr, listXattrs, setXattr } from "../sys/xattr.ts";

const directoryOnly = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Copies what is in one open directory into another: owners, modes, times, extended
 * attributes, links of both kinds and device nodes. Both sides may belong to somebody hostile
 * and change meanwhile: every step is relative to an open directory and follows no link.
 */
export async function copyTree(from: number, to: number): Promise<void> {
  await copyEntries({ root: to, linked: new Map() }, from, to, "");
}

/** Gives a directory the owner, mode, times and attributes of another. */
export function copyDirectoryAttributes(from: number, to: number): void {
  const info = fstatSync(from);
  copyXattrs(fdPath(from), fdPath(to));
  changeOwnerAt(to, ".", info.uid, info.gid);
  changeModeAt(to, ".", info.mode & 0o7777);
  changeTimesAt(to, ".", timeOf(entryPath(from, ".")));
}

interface Copy {
  readonly root: number;
  /** Files with several names: inode to the first copy, as directory path and name. */
  readonly linked: Map<string, { directory: string; name: string }>;
}

async function copyEntries(copy: Copy, from: number, to: number, path: string): Promise<void> {
  for (const name of namesIn(fdPath(from))) {
    const info = lstatOf(entryPath(from, name));
    if (info.isDirectory()) await copyDirectory(copy, from, to, path, name);
    else await copyEntry(copy, from, to, path, name, info);
  }
}

async function copyDirectory(
  copy: Copy,
  from: number,
  to: number,
  path: string,
  name: string,
): Promise<void> {
  using open = new DisposableStack();
  const source = open.adopt(openInRoot(from, name, directoryOnly), closeFd);
  makeDirectoryAt(to, name, 0o700);
  const target = open.adopt(openInRoot(to, name, directoryOnly), closeFd);
  await copyEntries(copy, source, target, `${path}/${name}`);
  copyDirectoryAttributes(source, target);
}

async function copyEntry(
  copy: Copy,
  from: number,
  to: number,
  path: string,
  name: string,
  info: Stats,
): Promise<void> {
  const inode = `${info.dev}:${info.ino}`;
  const first = info.nlink > 1 ? copy.linked.get(inode) : undefined;
  if (first) {
    const directory = openInRoot(copy.root, first.directory, O_PATH | constants.O_DIRECTORY);
    try {
      linkAt(directory, first.name, to, name);
    } finally {
      closeFd(directory);
    }
    return;
  }
  if (info.nlink > 1) copy.linked.set(inode, { directory: path, name });
  await makeCopy(from, to, name, info);
  changeOwnerAt(to, name, info.uid, info.gid);
  if (!info.isSymbolicLink()) {
    // After the owner: a change of owner takes set-user-id bits and file capabilities away.
    changeModeAt(to, name, info.mode & 0o7777);
    copyXattrs(entryPath(from, name), entryPath(to, name));
  }
  changeTimesAt(to, name, timeOf(entryPath(from, name)));
}

async function makeCopy(from: number, to: number, name: string, info: Stats): Promise<void> {
  if (info.isSymbolicLink()) return symlinkAt(targetOf(entryPath(from, name)), to, name);
  if (!info.isFile())
    return makeNodeAt(to, name, nodeKind(info), 0o600, majorOf(info.rdev), minorOf(info.rdev));
  using open = new DisposableStack();
  const target = open.adopt(createFileAt(to, name, 0o600), closeFd);
  const source = open.adopt(
    openInRoot(from, name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
    closeFd,
  );
  if (info.size > 0) await copyFile(fdPath(source), fdPath(target));
}

function nodeKind(info: Stats): NodeKind {
  if (info.isCharacterDevice()) return "char";
  if (info.isBlockDevice()) return "block";
  return info.isFIFO() ? "fifo" : "socket";
}

function copyXattrs(from: string, to: string): void {
  for (const name of listXattrs(from)) {
    // Overlay's own marks describe a layer, not the file.
    if (name.startsWith("trusted.overlay.")) continue;
    const value = getXattr(from, name);
    if (value) setXattr(to, name, value);
  }
}

/** Exact to the nanosecond; the plain Stats have milliseconds in floating point. */
function timeOf(path: string): FileTime {
  const { mtimeNs } = exactLstatOf(path);
  const nanoseconds = ((mtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: Number((mtimeNs - nanoseconds) / 1_000_000_000n), nanoseconds: Number(nanoseconds) };
}
