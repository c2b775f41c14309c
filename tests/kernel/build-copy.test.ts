import { describe, expect, test } from "bun:test";
import { chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CopyOperation } from "../../src/build/plan/operation.ts";
import { setXattr } from "../../src/sys/xattr.ts";
import {
  type BuildFiles,
  contextOf,
  copyOf,
  listTree,
  makeBuildFiles,
  scratch,
  writeContext,
} from "../setup/build-files.ts";
import { tar } from "../setup/image-stores.ts";

/** What the copies go onto, and what is copied; each case was compared with dockerd's classic builder. */
const base = {
  "etc/passwd": "root:x:0:0::/:/bin/sh\nweb:x:33:44::/:/bin/sh\n",
  "etc/group": "root:x:0:\nstaff:x:50:\n",
  "real/old": "old",
  link: { link: "real" },
  dangling: { link: "nowhere/deep" },
  file: "base file",
  flink: { link: "file" },
  abs: { link: "/real" },
};
const context = {
  "f.txt": "hello",
  "d/x": "xx",
  "d/e/y": { text: "y", mode: 0o755 },
  "d/l": { link: "x" },
  priv: { directory: true, mode: 0o700 },
  "priv/k": { text: "k", mode: 0o600 },
  tolink: { link: "d" },
  flink: { link: "f.txt" },
  escape: { link: "../../../../etc/passwd" },
  "a1.log": "1",
  "a2.log": "2",
  "over/link/f": "through",
  "dfile/file/x": "x",
  suid: { text: "s", mode: 0o4755 },
  "deep/a/go.mod": "a",
  "deep/a/main.go": "m",
  "deep/b/c/go.mod": "c",
} as const;

type More = Partial<CopyOperation> & { readonly unpack?: boolean };

/** Lines that a COPY adds to or changes in the base. */
async function copied(files: BuildFiles, paths: readonly string[], destination: string, more: More = {}) {
  const from = contextOf(writeContext(join(files.contexts, "from"), context));
  const below = contextOf(writeContext(join(files.contexts, "base"), base));
  const onto = copyOf(scratch, below, ["."], "/");
  const before = await listTree(files, await files.run(onto));
  const after = await listTree(files, await files.run(copyOf(onto, from, paths, destination, more)));
  const gone = before.filter((line) => !after.some((other) => nameOf(other) === nameOf(line)));
  return [...after.filter((line) => !before.includes(line)), ...gone.map((line) => `gone: ${nameOf(line)}`)];
}

const nameOf = (line: string) => line.split(" ")[0];

const hello = "file 644 0:0 5 2cf24dba";

describe("COPY", () => {
  const puts: [string, readonly string[], string, readonly string[], More?][] = [
    ["a file under a new name", ["f.txt"], "/x", [`x ${hello}`]],
    [
      "a file into a directory to be made",
      ["f.txt"],
      "/n/m/",
      ["n directory 755 0:0", "n/m directory 755 0:0", `n/m/f.txt ${hello}`],
    ],
    ["a file into a directory that is there", ["f.txt"], "/real", [`real/f.txt ${hello}`]],
    ["a file through a link to a directory", ["f.txt"], "/link/", [`real/f.txt ${hello}`]],
    ["a file through an absolute link", ["f.txt"], "/abs/g", [`real/g ${hello}`]],
    ["a file to where a link leads", ["f.txt"], "/flink", [`file ${hello}`]],
    [
      "a file to where a link will lead",
      ["f.txt"],
      "/dangling",
      ["nowhere directory 755 0:0", `nowhere/deep ${hello}`],
    ],
    [
      "what a directory contains",
      ["d"],
      "/x",
      [
        "x directory 755 0:0",
        "x/e directory 755 0:0",
        "x/e/y file 755 0:0 1 a1fce436",
        "x/l symlink 777 0:0 x",
        "x/x file 644 0:0 2 5dde8968",
      ],
    ],
    [
      "a private directory into one that is made",
      ["priv"],
      "/p",
      ["p directory 755 0:0", "p/k file 600 0:0 1 8254c329"],
    ],
    ["what a linked directory contains", ["tolink/x"], "/t", ["t file 644 0:0 2 5dde8968"]],
    [
      "what a link leads to, under the link's name",
      ["flink"],
      "/t/",
      ["t directory 755 0:0", `t/flink ${hello}`],
    ],
    [
      "what wildcards fit",
      ["*.log"],
      "/logs/",
      [
        "logs directory 755 0:0",
        "logs/a1.log file 644 0:0 1 6b86b273",
        "logs/a2.log file 644 0:0 1 d4735e3a",
      ],
    ],
    ["nothing when wildcards fit nothing", ["nomatch*"], "/logs/", []],
    ["a directory over a link", ["over"], "/", ["link directory 755 0:0", "link/f file 644 0:0 7 9c6725dc"]],
    ["a directory over a file", ["dfile"], "/", ["file directory 755 0:0", "file/x file 644 0:0 1 2d711642"]],
    ["for an owner by name", ["f.txt"], "/o", ["o file 644 33:44 5 2cf24dba"], { owner: "web" }],
    ["for an owner and a group", ["f.txt"], "/o", ["o file 644 7:50 5 2cf24dba"], { owner: "7:staff" }],
    ["for a number", ["f.txt"], "/o", ["o file 644 7:7 5 2cf24dba"], { owner: "7" }],
    [
      "with directories made for the owner",
      ["f.txt"],
      "/n/",
      ["n directory 755 9:9", "n/f.txt file 644 9:9 5 2cf24dba"],
      { owner: "9" },
    ],
    ["set-user-id files as they are", ["suid"], "/s", ["s file 4755 0:0 1 043a7187"]],
    ["set-user-id files for another owner", ["suid"], "/s", ["s file 4755 8:8 1 043a7187"], { owner: "8" }],
    [
      "with a mode",
      ["d"],
      "/x",
      [
        "x directory 755 0:0",
        "x/e directory 700 0:0",
        "x/e/y file 700 0:0 1 a1fce436",
        "x/l symlink 777 0:0 x",
        "x/x file 700 0:0 2 5dde8968",
      ],
      { mode: "700" },
    ],
    [
      "with a mode in letters",
      ["d"],
      "/x",
      [
        "x directory 755 0:0",
        "x/e directory 750 0:0",
        "x/e/y file 750 0:0 1 a1fce436",
        "x/l symlink 777 0:0 x",
        "x/x file 640 0:0 2 5dde8968",
      ],
      { mode: "u=rwX,g=rX,o=" },
    ],
    [
      "without what is excluded",
      ["d"],
      "/x",
      ["x directory 755 0:0", "x/l symlink 777 0:0 x", "x/x file 644 0:0 2 5dde8968"],
      { excludes: ["e"] },
    ],
    [
      "without excluded files of wildcards",
      ["*.log"],
      "/l/",
      ["l directory 755 0:0", "l/a2.log file 644 0:0 1 d4735e3a"],
      { excludes: ["a1*"] },
    ],
    [
      "with parents",
      ["deep/a/go.mod", "deep/b"],
      "/p/",
      [
        "p directory 755 0:0",
        "p/deep directory 755 0:0",
        "p/deep/a directory 755 0:0",
        "p/deep/a/go.mod file 644 0:0 1 ca978112",
        "p/deep/b directory 755 0:0",
        "p/deep/b/c directory 755 0:0",
        "p/deep/b/c/go.mod file 644 0:0 1 2e7d2c03",
      ],
      { parents: true },
    ],
    [
      "with parents from a place on",
      ["deep/./**/go.mod"],
      "/p/",
      [
        "p directory 755 0:0",
        "p/a directory 755 0:0",
        "p/a/go.mod file 644 0:0 1 ca978112",
        "p/b directory 755 0:0",
        "p/b/c directory 755 0:0",
        "p/b/c/go.mod file 644 0:0 1 2e7d2c03",
      ],
      { parents: true },
    ],
    ["above the root of either side", ["../f.txt"], "/../../x", [`x ${hello}`]],
  ];
  // Without a fifth value the test function would be given a callback there.
  test.each(puts.map(([name, paths, to, expected, more = {}]) => [name, paths, to, expected, more] as const))(
    "puts %s",
    async (_, paths, destination, expected, more) => {
      await using files = makeBuildFiles();
      expect(await copied(files, paths, destination, more)).toEqual([...expected]);
    },
  );

  const refuses: [string, readonly string[], string, string, More?][] = [
    [
      "a name that is not there",
      ["missing"],
      "/x",
      "COPY failed: file not found in build context or excluded by .dockerignore: stat missing: file does not exist",
    ],
    ["a link out of the context", ["escape"], "/x", "stat escape: file does not exist"],
    ["several files for one name", ["*.log"], "/x", "the destination must be a directory and end with a /"],
    ["a directory onto a file", ["d"], "/file", "cannot copy to non-directory: /file"],
    ["a way through a file", ["f.txt"], "/file/x", "cannot copy to non-directory: /file"],
    ["a user nobody knows", ["f.txt"], "/x", "no such user: nobody", { owner: "nobody" }],
    ["a group nobody knows", ["f.txt"], "/x", "no such group: none", { owner: "web:none" }],
    ["a mode that is none", ["f.txt"], "/x", "invalid chmod parameter: 'rwx'", { mode: "rwx" }],
  ];
  test.each(
    refuses.map(([name, paths, to, message, more = {}]) => [name, paths, to, message, more] as const),
  )("refuses %s", async (_, paths, destination, message, more) => {
    await using files = makeBuildFiles();
    expect(copied(files, paths, destination, more)).rejects.toThrow(message);
  });

  test("keeps times, hard links, attributes, holes and names that are no text", async () => {
    await using files = makeBuildFiles();
    const directory = writeContext(join(files.contexts, "c"), { "d/one": "linked", "d/cap": "c" });
    linkSync(join(directory, "d/one"), join(directory, "d/two"));
    setXattr(join(directory, "d/cap"), "user.note", Buffer.from("x"));
    writeFileSync(join(directory, "d/hole"), "begin");
    truncateSync(join(directory, "d/hole"), 50 << 20);
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/d/`), Buffer.of(0xff)]), "");
    for (const owner of [undefined, "3:4"]) {
      const tree = await files.run(copyOf(scratch, contextOf(directory), ["d"], "/", owner ? { owner } : {}));
      const lines = await listTree(files, tree, { times: true });
      const id = owner ?? "0:0";
      expect(lines.find((line) => line.startsWith("cap "))).toBe(
        `cap file 644 ${id} 1 2e7d2c03 1600000000 user.note`,
      );
      expect(lines.find((line) => line.startsWith("two "))).toBe(`two hardlink 644 ${id} one 1600000000`);
      expect(lines.some((line) => line.startsWith("\udcff "))).toBe(true);
      const alone = await files.run(copyOf(scratch, contextOf(directory), ["d/[^a-z]"], "/to/"));
      expect((await listTree(files, alone)).map(nameOf)).toContain("to/\udcff");
      await using open = await files.trees.open(tree);
      const { blocks } = (await import("node:fs")).statSync(join(open.path, "hole"));
      expect(blocks * 512).toBeLessThan(1 << 20);
    }
  });

  test("of the same file twice makes two files", async () => {
    await using files = makeBuildFiles();
    const from = contextOf(writeContext(join(files.contexts, "c"), { a: "same", l: { link: "a" } }));
    const tree = await files.run(copyOf(copyOf(scratch, from, ["a", "l"], "/x/"), from, ["a"], "/y"));
    expect(await listTree(files, tree)).toEqual([
      "x directory 755 0:0",
      "x/a file 644 0:0 4 0967115f",
      "x/l file 644 0:0 4 0967115f",
      "y file 644 0:0 4 0967115f",
    ]);
  });

  test("from a stage keeps owners, and does not change what it copies from", async () => {
    await using files = makeBuildFiles();
    const from = contextOf(writeContext(join(files.contexts, "c"), { a: "1" }));
    const stage = copyOf(scratch, from, ["a"], "/a", { owner: "5:6" });
    const tree = await files.run(copyOf(scratch, stage, ["/a"], "/b"));
    expect(await listTree(files, tree)).toEqual(["b file 644 5:6 1 6b86b273"]);
    const changed = await files.run(copyOf(scratch, stage, ["/a"], "/b", { owner: "7", mode: "600" }));
    expect(await listTree(files, changed)).toEqual(["b file 600 7:7 1 6b86b273"]);
    expect(await listTree(files, await files.run(stage))).toEqual(["a file 644 5:6 1 6b86b273"]);
  });

  test("with --link is the same layer on any base", async () => {
    await using files = makeBuildFiles();
    const from = contextOf(writeContext(join(files.contexts, "c"), { a: "1" }));
    const below = contextOf(writeContext(join(files.contexts, "b"), { "opt/x": "x", "link/y": "y" }));
    const signal = new AbortController().signal;
    const digests: string[] = [];
    await using composer = files.images.composer();
    for (const onto of [scratch, copyOf(scratch, below, ["."], "/")]) {
      const tree = await files.run(copyOf(onto, from, ["a"], "/opt/", { link: true, epoch: 1_600_000_000 }));
      if (tree.kind === "snapshot") digests.push((await composer.pack(tree.name, signal)).diffId);
    }
    expect(digests[1]).toBe(digests[0] ?? "");
  });

  test("of texts makes files of them", async () => {
    await using files = makeBuildFiles();
    const text = { fileName: "note", content: "hello" };
    const tree = await files.run({
      ...copyOf(scratch, scratch, [], "/etc/"),
      items: [text],
      mode: "755",
      owner: "1:2",
    });
    expect(await listTree(files, tree)).toEqual([
      "etc directory 755 1:2",
      "etc/note file 755 1:2 5 2cf24dba",
    ]);
  });
});

describe("ADD of an archive", () => {
  const archive = tar(
    { path: "./", type: "directory" },
    { path: "lib/", type: "directory", mode: 0o755 },
    { path: "lib/a", content: "in the archive", uid: 3, gid: 4, mode: 0o640 },
    { path: "link", type: "symlink", linkTarget: "lib/a" },
  );
  const packed: Readonly<Record<string, (path: string) => void>> = {
    "plain.tar": (path) => writeFileSync(path, archive),
    "x.tgz": (path) => writeFileSync(path, Bun.gzipSync(archive)),
    "x.tar.zst": (path) => writeFileSync(path, Bun.zstdCompressSync(archive)),
    "x.xz": (path) => writeFileSync(path, Bun.spawnSync(["xz", "-c"], { stdin: archive }).stdout),
    "x.bz2": (path) => writeFileSync(path, Bun.spawnSync(["bzip2", "-c"], { stdin: archive }).stdout),
  };

  test.each(Object.keys(packed))("unpacks %s", async (name) => {
    await using files = makeBuildFiles();
    const directory = writeContext(join(files.contexts, "c"), {});
    packed[name]?.(join(directory, name));
    const add = (more: More) => files.run(copyOf(scratch, contextOf(directory), [name], "/to/", more));
    expect(await listTree(files, await add({ unpack: true }))).toEqual([
      "to directory 755 0:0",
      "to/lib directory 755 0:0",
      "to/lib/a file 640 3:4 14 b26b0b9f",
      "to/link symlink 777 0:0 lib/a",
    ]);
    expect((await listTree(files, await add({ unpack: false })))[1]).toStartWith(`to/${name} file 644`);
  });

  test("goes through links of the base, and never out of it", async () => {
    await using files = makeBuildFiles();
    const below = writeContext(join(files.contexts, "b"), { "usr/lib/x": "x", lib: { link: "usr/lib" } });
    const directory = writeContext(join(files.contexts, "c"), {});
    writeFileSync(join(directory, "r.tar"), tar({ path: "lib/a", content: "1" }));
    const onto = copyOf(scratch, contextOf(below), ["."], "/");
    const tree = await files.run(copyOf(onto, contextOf(directory), ["r.tar"], "/", { unpack: true }));
    expect((await listTree(files, tree)).map(nameOf)).toEqual([
      "lib",
      "usr",
      "usr/lib",
      "usr/lib/a",
      "usr/lib/x",
    ]);
    for (const path of ["../out", "/../../out", "a/../../out"]) {
      writeFileSync(join(directory, "bad.tar"), tar({ path, content: "1" }));
      const add = files.run(copyOf(onto, contextOf(directory), ["bad.tar"], "/to/", { unpack: true }));
      expect(add).rejects.toThrow("outside of its directory");
    }
    // What only looks like an archive is copied as it is.
    writeFileSync(join(directory, "odd.gz"), Bun.gzipSync(Buffer.from("no tar")));
    const odd = await files.run(copyOf(scratch, contextOf(directory), ["odd.gz"], "/", { unpack: true }));
    expect((await listTree(files, odd)).map(nameOf)).toEqual(["odd.gz"]);
  });
});

describe("a hostile context", () => {
  test("cannot be copied over links out of the tree", async () => {
    await using files = makeBuildFiles();
    const outside = join(files.directory, "outside");
    mkdirSync(outside);
    const first = writeContext(join(files.contexts, "a"), {});
    symlinkSync(outside, join(first, "d"));
    symlinkSync(join(outside, "file"), join(first, "f"));
    const second = writeContext(join(files.contexts, "b"), { "d/in": "x", f: "y" });
    const onto = copyOf(scratch, contextOf(first), ["."], "/");
    for (const more of [{}, { owner: "5" }])
      await files.run(copyOf(onto, contextOf(second), ["."], "/", more));
    await files.run(copyOf(onto, contextOf(second), ["f"], "/d/deep/", {}));
    await files.run(copyOf(onto, contextOf(second), ["f"], "/f", {}));
    expect((await import("node:fs")).readdirSync(outside)).toEqual([]);
  });

  test("cannot make marks of overlayfs", async () => {
    await using files = makeBuildFiles();
    const directory = writeContext(join(files.contexts, "a"), { "d/x": "x" });
    Bun.spawnSync(["mknod", join(directory, "d/gone"), "c", "0", "0"]);
    expect(files.run(copyOf(scratch, contextOf(directory), ["d"], "/d/"))).rejects.toThrow("device 0:0");
    const marked = writeContext(join(files.contexts, "b"), { "d/x": "x" });
    setXattr(join(marked, "d"), "trusted.overlay.opaque", Buffer.from("y"));
    chmodSync(join(marked, "d"), 0o755);
    const below = contextOf(writeContext(join(files.contexts, "c"), { "to/d/kept": "k" }));
    const onto = copyOf(scratch, below, ["."], "/");
    const tree = await files.run(copyOf(onto, contextOf(marked), ["."], "/to/"));
    expect((await listTree(files, tree)).map(nameOf)).toContain("to/d/kept");
  });
});
