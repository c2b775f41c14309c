import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseIgnoreFile } from "../../lib/ignore-file.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import { contextReport } from "./context-report.ts";
import { listContext } from "./list-context.ts";
import { packContext } from "./pack-context.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hull-context-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function entriesOf(stream: ReadableStream<Uint8Array>) {
  const reader = new TarReader(stream);
  const entries = [];
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const parts = [];
    for (let part = await reader.data(); part; part = await reader.data()) parts.push(part.slice());
    entries.push({ ...entry, text: Buffer.concat(parts).toString() });
  }
  return entries;
}

const packed = (ignore: string) => entriesOf(packContext(root, listContext(root, parseIgnoreFile(ignore))));

test("files, modes, links and owners, as Docker's clients send them", async () => {
  put("a/run.sh", "#!/bin/sh\n");
  chmodSync(join(root, "a/run.sh"), 0o755);
  symlinkSync("a/run.sh", join(root, "link"));
  linkSync(join(root, "a/run.sh"), join(root, "same"));
  put("big", "x".repeat(3_000_000));
  const entries = await packed("");
  expect(
    entries.map(({ path, type, uid, gid, mode, linkTarget }) => [path, type, uid, gid, mode, linkTarget]),
  ).toEqual([
    ["a/", "directory", 0, 0, 0o755, undefined],
    ["a/run.sh", "file", 0, 0, 0o755, undefined],
    ["big", "file", 0, 0, 0o644, undefined],
    ["link", "symlink", 0, 0, 0o777, "a/run.sh"],
    ["same", "hardlink", 0, 0, 0o755, "a/run.sh"],
  ]);
  expect(entries[2]?.text.length).toBe(3_000_000);
});

test("what the ignore file leaves out is not sent; a directory is, for what is brought back from it", async () => {
  put("node_modules/x/y", "1");
  put("docs/a.md", "a");
  put("docs/deep/b.md", "b");
  put("docs/keep/c.md", "c");
  put("src", "s");
  const entries = await packed("node_modules\ndocs\n!docs/keep\n");
  expect(entries.map(({ path }) => path)).toEqual(["docs/", "docs/keep/", "docs/keep/c.md", "src"]);
});

test("an extra file takes the place of one on the disk", async () => {
  put("Dockerfile", "old");
  const stream = packContext(root, listContext(root, parseIgnoreFile("")), [
    { path: "Dockerfile", bytes: Buffer.from("new") },
  ]);
  expect((await entriesOf(stream)).map(({ path, text }) => [path, text])).toEqual([["Dockerfile", "new"]]);
});

test("the listing names sizes, the rule that decided, and what is left out", () => {
  put("a", "x".repeat(2000));
  put("b.log", "l");
  put("keep.log", "kk");
  const rules = parseIgnoreFile("# logs\n*.log\n!keep.log\n");
  const options = { all: false, ignored: true, ignoreFile: join(root, ".dockerignore") };
  expect(contextReport(listContext(root, rules), options)).toBe(`      2kB  a
       2B  keep.log  (.dockerignore:3 !keep.log)

2 files, 2kB would be sent
left out:
  .dockerignore:2 *.log: 1 path
    b.log
`);
});

test("names keep their bytes, whatever they are", async () => {
  const odd = Buffer.concat([Buffer.from(`${root}/odd`), Buffer.of(0xff)]);
  writeFileSync(odd, "o");
  symlinkSync(Buffer.of(0xfe), join(root, "pointer"));
  const entries = await packed("");
  expect(entries.map(({ path, linkTarget, text }) => [path, linkTarget, text])).toEqual([
    ["odd\udcff", undefined, "o"],
    ["pointer", "\udcfe", ""],
  ]);
});
