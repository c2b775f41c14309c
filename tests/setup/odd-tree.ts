import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { TarReader } from "../../src/lib/tar/tar-reader.ts";
import { makeNodeAt } from "../../src/sys/files.ts";
import { openRoot, withFd } from "../../src/sys/rooted-path.ts";
import { setXattr } from "../../src/sys/xattr.ts";

export const capability = Buffer.from("0100000200040000000000000000000000000000", "hex");

/** One of everything a file system can hold that tar can. */
export function fillOddTree(root: string): void {
  const deep = join(root, "d".repeat(120), "e".repeat(120));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, "f".repeat(200)), "long name");
  symlinkSync("t".repeat(300), join(root, "long-link"));
  writeFileSync(join(root, "cap"), "cap");
  setXattr(join(root, "cap"), "security.capability", capability);
  setXattr(join(root, "cap"), "user.note", Buffer.from([0, 255, 10, 61]));
  mkdirSync(join(root, "xdir"));
  setXattr(join(root, "xdir"), "user.dir", Buffer.from("x"));
  writeFileSync(join(root, "suid"), "s");
  chownSync(join(root, "suid"), 1000, 4_000_000);
  chmodSync(join(root, "suid"), 0o6755);
  mkdirSync(join(root, "sticky"));
  chmodSync(join(root, "sticky"), 0o1777);
  linkSync(join(root, "cap"), join(root, "hard"));
  symlinkSync("cap", join(root, "soft"));
  linkSync(join(root, "long-link"), join(root, "hard-to-soft"));
  withFd(openRoot(root), (fd) => {
    makeNodeAt(fd, "null", "char", 0o666, 1, 3);
    makeNodeAt(fd, "disk", "block", 0o600, 259, 300);
    makeNodeAt(fd, "pipe", "fifo", 0o644, 0, 0);
  });
  writeFileSync(join(root, "grüße \n\t'\"\\"), "unicode");
  fillWithBytes(root);
  writeFileSync(join(root, ".wh-not-a-whiteout"), "");
  writeFileSync(join(root, "empty"), "");
  const sparse = openSync(join(root, "sparse"), "w");
  writeSync(sparse, Buffer.from("start"), 0, 5, 0);
  for (let i = 1; i < 40; i++) writeSync(sparse, Buffer.from(`part ${i}`), 0, null, i * 300_000);
  ftruncateSync(sparse, 20_000_000);
  closeSync(sparse);
  writeFileSync(join(root, "old"), "old");
  utimesSync(join(root, "old"), 12.25, -1000.5);
}

/** Names that are no UTF-8: as a directory, in it, as a link, its target, and a further name of a file. */
function fillWithBytes(root: string): void {
  const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
  const at = (...parts: (string | Buffer)[]) =>
    Buffer.concat([Buffer.from(root), ...parts.flatMap((part) => [Buffer.from("/"), Buffer.from(part)])]);
  mkdirSync(at(latin));
  writeFileSync(at(latin, Buffer.from([0xff, 0xfe])), "bytes");
  writeFileSync(at(latin, Buffer.from([0xff, 0xfd])), "other bytes");
  linkSync(at(latin, Buffer.from([0xff, 0xfe])), at(Buffer.alloc(150, 0x80)));
  symlinkSync(Buffer.from([0x2e, 0x2e, 0x2f, 0xe8]), at(Buffer.from([0xc3])));
}

/**
 * What a tar says of each file below a directory of it, in a form in which two tars of the same
 * tree are equal whoever wrote them: whole seconds, no order, and of the names of one file none
 * is the first. `xattrs` names the attributes that count.
 */
export async function treeOf(
  archive: AsyncIterable<Uint8Array>,
  below: string,
  xattrs: readonly string[],
): Promise<Record<string, string>> {
  const reader = new TarReader(archive);
  const found = new Map<string, string>();
  const links = new Map<string, string>();
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const path = entry.path.replace(/^\.?\/+|\/+$/g, "");
    if (!path.startsWith(`${below}/`)) continue;
    const hash = new Bun.CryptoHasher("sha256");
    for (let part = await reader.data(); part; part = await reader.data()) hash.update(part);
    if (entry.type === "hardlink") {
      links.set(path, (entry.linkTarget ?? "").replace(/^\.?\/+/, ""));
      continue;
    }
    const kept = xattrs.map((name) => Buffer.from(entry.xattrs?.get(name) ?? []).toString("hex"));
    const { type, mode, uid, gid, size, modified, linkTarget, deviceMajor, deviceMinor } = entry;
    const facts = [
      type,
      mode.toString(8),
      uid,
      gid,
      size,
      modified.seconds,
      linkTarget,
      deviceMajor,
      deviceMinor,
    ];
    found.set(path, JSON.stringify([...facts, ...kept, hash.digest("hex").slice(0, 12)]));
  }
  const groups = new Map<string, string[]>();
  for (const [path, target] of links) groups.set(target, [...(groups.get(target) ?? [target]), path]);
  for (const [target, names] of groups) {
    const group = `${found.get(target)} is ${names
      .map((name) => JSON.stringify(name))
      .sort()
      .join(" ")}`;
    for (const name of names) found.set(name, group);
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([path, facts]) => [JSON.stringify(path), facts]));
}
