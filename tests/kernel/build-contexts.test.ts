import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentDigest } from "../../src/build/contexts/content-digest.ts";
import { wholeTree } from "../../src/build/contexts/content-selection.ts";
import { loadContext } from "../../src/build/contexts/load-context.ts";
import { receiveContext } from "../../src/build/contexts/receive-context.ts";
import type { Operation } from "../../src/build/plan/operation.ts";
import { contextOf, copyOf, listTree, makeBuildFiles, scratch, writeContext } from "../setup/build-files.ts";
import { streamOfBytes, tar } from "../setup/image-stores.ts";

const signal = new AbortController().signal;

describe("a received context", () => {
  const archive = tar(
    { path: "a", content: "one", uid: 1000, gid: 1000 },
    { path: "d/", type: "directory" },
    { path: "d/b", content: "two" },
    { path: "d/l", type: "symlink", linkTarget: "b" },
  );

  test.each([
    ["plain", archive],
    ["gzip", Bun.gzipSync(archive)],
    ["zstd", Bun.zstdCompressSync(archive)],
  ] as const)("may be %s, and belongs to root", async (_, bytes) => {
    await using files = makeBuildFiles();
    const directory = join(files.contexts, "c");
    await receiveContext(streamOfBytes(new Uint8Array(bytes)), directory, signal);
    const tree = await files.run(copyOf(scratch, contextOf(directory), ["."], "/"));
    expect(await listTree(files, tree)).toEqual([
      "a file 755 0:0 3 7692c3ad",
      "d directory 755 0:0",
      "d/b file 755 0:0 3 3fc4ccfe",
      "d/l symlink 777 0:0 b",
    ]);
  });

  test("has the digest of the same files from elsewhere, whatever their times", async () => {
    await using files = makeBuildFiles();
    const received = join(files.contexts, "c");
    await receiveContext(streamOfBytes(archive), received, signal);
    const written = writeContext(join(files.contexts, "w"), {
      a: { text: "one", mode: 0o755 },
      "d/b": { text: "two", mode: 0o755 },
      "d/l": { link: "b" },
    });
    const digest = (path: string, paths = ["/"], excludes: string[] = []) =>
      contentDigest({ kind: "directory", path }, { paths, excludes, owners: "count" }, files.trees, {
        signal,
      });
    const first = await digest(received, ["a", "d"]);
    expect(await digest(written, ["a", "d"])).toEqual(first);
    expect(first.entries.map(([path]) => path)).toEqual(["a", "d", "d/b", "d/l"]);
    utimesSync(join(written, "a"), 1, 1);
    expect((await digest(written, ["a", "d"])).digest).toBe(first.digest);
    writeFileSync(join(written, "d/b"), "twx");
    const changed = await digest(written, ["a", "d"]);
    const differing = changed.entries.filter(([path, value]) =>
      first.entries.some(([p, v]) => p === path && v !== value),
    );
    expect(differing.map(([path]) => path)).toEqual(["d/b"]);
    expect((await digest(written, ["a"])).digest).toBe((await digest(received, ["a"])).digest);
    expect((await digest(written, ["d"], ["b"])).digest).toBe((await digest(received, ["d"], ["b"])).digest);
    const snapshot = await files.run(copyOf(scratch, contextOf(received), ["."], "/"));
    const inside = await contentDigest(snapshot, { ...wholeTree, paths: ["a", "d"] }, files.trees, {
      signal,
    });
    expect(inside.digest).toBe(first.digest);
  });

  test("is rid of what the ignore file names before anything is copied", async () => {
    await using files = makeBuildFiles();
    const directory = writeContext(join(files.contexts, "c"), {
      "keep/a": "1",
      "node_modules/x/y": "2",
      "logs/one.log": "3",
      "logs/keep.log": "4",
      Dockerfile: "5",
    });
    const ignore = ["node_modules", "**/*.log", "!logs/keep.log", "Dockerfile"];
    const tree = await files.run(copyOf(scratch, contextOf(directory, ignore), ["."], "/"));
    expect((await listTree(files, tree)).map((line) => line.split(" ")[0])).toEqual([
      "keep",
      "keep/a",
      "logs",
      "logs/keep.log",
    ]);
    expect(existsSync(join(directory, "node_modules"))).toBe(false);
  });

  test.each([
    ["climbs", [{ path: "../out", content: "x" }], "outside of its directory"],
    [
      "climbs by a link",
      [
        { path: "l", type: "symlink", linkTarget: ".." },
        { path: "l/out", content: "x" },
      ],
      undefined,
    ],
    [
      "leaves by an absolute link",
      [
        { path: "l", type: "symlink", linkTarget: "/tmp" },
        { path: "l/out", content: "x" },
      ],
      undefined,
    ],
    [
      "links to what is outside",
      [{ path: "h", type: "hardlink", linkTarget: "../../hull.db" }],
      "outside of its directory",
    ],
  ] as const)("that %s writes nothing outside", async (_, parts, refusal) => {
    await using files = makeBuildFiles();
    const directory = join(files.contexts, "c");
    const before = readdirSync(files.directory);
    const receiving = receiveContext(streamOfBytes(tar(...parts)), directory, signal);
    if (refusal === undefined) await receiving.catch(() => {});
    else expect(receiving).rejects.toThrow(refusal);
    await receiving.catch(() => {});
    expect(readdirSync(files.directory)).toEqual(before);
    expect(existsSync("/tmp/out")).toBe(false);
  });

  test("may have a path of its own to the root that leads round in circles", async () => {
    await using files = makeBuildFiles();
    const directory = writeContext(join(files.contexts, "c"), { "d/x": "x" });
    symlinkSync("..", join(directory, "d/up"));
    symlinkSync("loop", join(directory, "loop"));
    const tree = await files.run(copyOf(scratch, contextOf(directory), ["d/up/d/up/d/x"], "/x"));
    expect(await listTree(files, tree)).toEqual(["x file 644 0:0 1 2d711642"]);
    expect(files.run(copyOf(scratch, contextOf(directory), ["loop"], "/x"))).rejects.toThrow("loop");
  });
});

describe("what is fetched", () => {
  const requests: string[] = [];
  let body = "from the web";
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      requests.push(`${pathname} ${request.headers.get("if-none-match") ?? "-"}`);
      if (pathname.startsWith("/repo.git/")) {
        const file = Bun.file(join(repositories, pathname));
        return file.size > 0 && existsSync(join(repositories, pathname))
          ? new Response(file)
          : new Response("", { status: 404 });
      }
      if (pathname === "/moved") return Response.redirect(new URL("/file.txt", request.url).href, 302);
      if (pathname === "/Dockerfile")
        return new Response("FROM scratch\n", { headers: { "content-type": "text/plain" } });
      if (pathname === "/context.tgz") return new Response(Bun.gzipSync(tar({ path: "in", content: "x" })));
      if (pathname !== "/file.txt") return new Response("", { status: 404 });
      const etag = `"${Bun.hash(body)}"`;
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
      return new Response(body, { headers: { etag, "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT" } });
    },
  });
  const repositories = mkdtempSync(join(tmpdir(), "hull-git-"));
  const at = (path: string) => `http://127.0.0.1:${server.port}${path}`;
  const git = Bun.which("git");
  let commit = "";

  beforeAll(() => {
    if (!git) return;
    const run = (...words: string[]) => {
      const env = {
        ...process.env,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a@b",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a@b",
      };
      const result = Bun.spawnSync([git, "-C", join(repositories, "work"), ...words], {
        env,
        stderr: "pipe",
      });
      if (result.exitCode !== 0) throw new Error(result.stderr.toString());
      return result.stdout.toString().trim();
    };
    writeContext(join(repositories, "work"), {
      "a.txt": "first",
      "sub/b.txt": "below",
      Dockerfile: "FROM scratch\n",
    });
    run("init", "--quiet", "--initial-branch=main");
    run("add", ".");
    run("commit", "--quiet", "-m", "one");
    run("tag", "-a", "v1", "-m", "v1");
    commit = run("rev-parse", "HEAD");
    writeFileSync(join(repositories, "work/a.txt"), "second");
    run("commit", "--quiet", "-am", "two");
    run("clone", "--quiet", "--bare", ".", join(repositories, "repo.git"));
    Bun.spawnSync([git, "-C", join(repositories, "repo.git"), "update-server-info"]);
  });
  afterAll(async () => {
    await server.stop(true);
    rmSync(repositories, { recursive: true, force: true });
  });

  const download = (url: string, checksum?: string): Operation => ({
    kind: "download",
    title: url,
    url,
    fileName: "file.txt",
    ...(checksum !== undefined && { checksum }),
  });

  test("from a URL has Docker's mode and the server's time, and is asked for again only if it changed", async () => {
    await using files = makeBuildFiles();
    requests.length = 0;
    const list = async (operation: Operation) =>
      listTree(files, await files.run(copyOf(scratch, operation, ["/file.txt"], "/x/")), { times: true });
    const expected = ["x directory 755 0:0", "x/file.txt file 600 0:0 12 a4b3cbd1 1700000000"];
    expect((await list(download(at("/file.txt"))))[0]).toBe(expected[0] ?? "");
    expect((await list(download(at("/moved"))))[1]).toStartWith("x/file.txt file 600 0:0 12 ");
    expect((await list(download(at("/file.txt"))))[1]).toEndWith(" 1700000000");
    expect(requests.map((line) => line.split(" ")[1] !== "-")).toEqual([false, false, false, true]);
    body = "something else";
    expect((await list(download(at("/file.txt"))))[1]).toContain(" 14 ");
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(body).digest("hex")}`;
    requests.length = 0;
    expect((await list(download(at("/file.txt"), digest)))[1]).toContain(" 14 ");
    expect(requests).toEqual([]);
    const wrong = `sha256:${"0".repeat(64)}`;
    expect(list(download(at("/file.txt"), wrong))).rejects.toThrow(`expected ${wrong}, got ${digest}`);
    expect(list(download(at("/nothing")))).rejects.toThrow("404 Not Found");
  });

  test("as a context is a tar or a Dockerfile", async () => {
    await using files = makeBuildFiles();
    const load = (url: string) =>
      loadContext({ kind: "http", url }, join(files.contexts, crypto.randomUUID()), {
        signal,
        onProgress: () => {},
        store: files.parts.directory,
      });
    expect(await load(at("/Dockerfile"))).toEqual({
      kind: "dockerfile",
      file: { name: "Dockerfile", text: "FROM scratch\n" },
    });
    const loaded = await load(at("/context.tgz"));
    expect(loaded.kind === "directory" && readdirSync(loaded.path)).toEqual(["in"]);
  });

  test.skipIf(!git)("from git is a commit, by branch, tag or number, or a directory of it", async () => {
    await using files = makeBuildFiles();
    const list = async (url: string, more: { keepGitDir?: boolean; checksum?: string } = {}) => {
      const operation: Operation = { kind: "git", title: url, url, keepGitDir: false, ...more };
      const lines = await listTree(files, await files.run(operation));
      return lines.filter((line) => !line.startsWith(".git/")).map((line) => line.split(" ")[0] ?? "");
    };
    const first = await listTree(
      files,
      await files.run({ kind: "git", title: "", url: `${at("/repo.git")}#v1`, keepGitDir: false }),
    );
    expect(first[1]).toBe("a.txt file 644 0:0 5 a7937b64");
    expect(await list(at("/repo.git"))).toEqual(["Dockerfile", "a.txt", "sub", "sub/b.txt"]);
    expect(await list(at("/repo.git"), { keepGitDir: true })).toContain(".git");
    expect(await list(`${at("/repo.git")}#main:sub`)).toEqual(["b.txt"]);
    expect(await list(`${at("/repo.git")}?ref=${commit}&subdir=sub`)).toEqual(["b.txt"]);
    expect(list(`${at("/repo.git")}#nothing`)).rejects.toThrow("does not contain ref nothing");
    expect(list(at("/repo.git"), { checksum: commit })).rejects.toThrow("expected checksum to match");
    expect(list(`${at("/repo.git")}#main:../..`)).rejects.toThrow("invalid git subdirectory");
  });
});
