import { describe, expect, test } from "bun:test";
import {
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { clientEngine, expected, hullOnly } from "../setup/client-engine.ts";

const hull = clientEngine();

function folder(name: string): string {
  const path = join(hull.directory, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function tar(...args: string[]): string {
  const run = Bun.spawnSync(["tar", ...args], { stdout: "pipe", stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(`tar ${args.join(" ")}: ${run.stderr}`);
  return run.stdout.toString();
}

describe("docker cp", () => {
  test.concurrent("files and folders into a container, running and stopped", async () => {
    const host = folder("in");
    writeFileSync(join(host, "file"), "text", { mode: 0o640 });
    mkdirSync(join(host, "dir", "deep"), { recursive: true });
    writeFileSync(join(host, "dir", "deep", "leaf"), "leaf");
    symlinkSync("deep/leaf", join(host, "dir", "link"));
    const name = await hull.sleeper("cpin", "--tmpfs", "/memory");
    await hull.ok("cp", join(host, "file"), `${name}:/tmp/`);
    await hull.ok("cp", join(host, "file"), `${name}:/tmp/renamed`);
    await hull.ok("cp", join(host, "dir"), `${name}:/tmp/newdir`);
    await hull.ok("cp", join(host, "dir"), `${name}:/tmp`);
    await hull.ok("cp", `${join(host, "dir")}/.`, `${name}:/root`);
    const seen = await hull.shell(
      name,
      "cat /tmp/file; echo; stat -c '%a %u:%g' /tmp/file; cat /tmp/renamed /tmp/newdir/deep/leaf /tmp/dir/deep/leaf /root/deep/leaf; echo; readlink /tmp/dir/link",
    );
    expect(seen.split("\n")).toEqual(["text", "640 0:0", "textleafleafleaf", "deep/leaf"]);
    chownSync(join(host, "file"), 12, 34);
    await hull.ok("cp", "-a", join(host, "file"), `${name}:/tmp/owned`);
    expect(await hull.shell(name, "stat -c '%u:%g' /tmp/owned")).toBe("12:34");
    await hull.ok("stop", "-t", "0", name);
    writeFileSync(join(host, "file"), "again");
    await hull.ok("cp", join(host, "file"), `${name}:/tmp/file`);
    await hull.ok("start", name);
    expect(await hull.shell(name, "cat /tmp/file")).toBe("again");

    expect(await hull.fails(1, "cp", join(host, "file"), `${name}:/no/such/folder/x`)).toMatch(
      /Could not find the file \/no\/such\/folder in container|no such (file or )?directory/i,
    );
    expect(await hull.fails(1, "cp", join(host, "dir"), `${name}:/etc/passwd`)).toMatch(
      /cannot copy directory|extraction point is not a directory|not a directory/i,
    );
    expect(await hull.fails(1, "cp", join(host, "nosuch"), `${name}:/tmp`)).toMatch(
      /no such file or directory/,
    );
    expect(await hull.fails(1, "cp", join(host, "file"), "nosuchcontainer:/tmp")).toContain(
      "No such container: nosuchcontainer",
    );
    await hull.remove(name);
  });

  test.concurrent("out of a container", async () => {
    const host = folder("out");
    const name = hull.name("cpout");
    await hull.ok(
      ...["run", "--name", name, "busybox", "sh", "-c"],
      "mkdir -p /d/e && echo leaf >/d/e/leaf && ln -s e/leaf /d/link && ln -s /d /abs && chmod 4755 /d/e/leaf && chown 5:6 /d/e/leaf",
    );
    await hull.ok("cp", `${name}:/d/e/leaf`, host);
    expect(readFileSync(join(host, "leaf"), "utf8")).toBe("leaf\n");
    await hull.ok("cp", `${name}:/d`, join(host, "copy"));
    expect(readlinkSync(join(host, "copy", "link"))).toBe("e/leaf");
    await hull.ok("cp", `${name}:/d/.`, host);
    expect(readFileSync(join(host, "e", "leaf"), "utf8")).toBe("leaf\n");
    await hull.ok("cp", `${name}:/d/link`, join(host, "aslink"));
    expect(lstatSync(join(host, "aslink")).isSymbolicLink()).toBeTrue();
    await hull.ok("cp", "-L", `${name}:/d/link`, join(host, "followed"));
    expect(readFileSync(join(host, "followed"), "utf8")).toBe("leaf\n");
    await hull.ok("cp", `${name}:/abs/e`, join(host, "through"));
    expect(readFileSync(join(host, "through", "leaf"), "utf8")).toBe("leaf\n");
    await hull.ok("cp", "-a", `${name}:/d/e/leaf`, join(host, "archived"));
    expect(statSync(join(host, "archived")).mode & 0o777).toBe(0o755);
    expect(await hull.fails(1, "cp", `${name}:/nosuch`, host)).toContain(
      `Could not find the file /nosuch in container ${name}`,
    );
    await hull.remove(name);
  });

  test.concurrent("as a tar by the pipe, both ways", async () => {
    const name = await hull.sleeper("cppipe");
    const host = folder("pipe");
    writeFileSync(join(host, "big"), new Uint8Array(3_000_000).fill(7));
    const archive = join(hull.directory, "pipe.tar");
    tar("-C", host, "-cf", archive, "big");
    const put = await hull.dockerWith({ stdin: readFileSync(archive) }, "cp", "-", `${name}:/tmp`);
    expect(put.code).toBe(0);
    expect(await hull.shell(name, "wc -c </tmp/big")).toBe("3000000");
    const client = hull.spawnDocker("cp", `${name}:/tmp/big`, "-");
    await client.stdin.end();
    const bytes = new Uint8Array(await new Response(client.stdout).arrayBuffer());
    expect(await client.exited).toBe(0);
    const back = join(hull.directory, "back.tar");
    writeFileSync(back, bytes);
    expect(tar("-tvf", back)).toMatch(/ 3000000 .* big/);
    expect((await hull.dockerWith({ stdin: "not a tar" }, "cp", "-", `${name}:/tmp`)).code).toBe(1);
    await hull.remove(name);
  });

  test.concurrent("volumes, and links that point out stay inside", async () => {
    const volume = hull.name("cpvol");
    const name = await hull.sleeper("cpvolume", "-v", `${volume}:/v`);
    const host = folder("volumes");
    writeFileSync(join(host, "f"), "f");
    await hull.ok("cp", join(host, "f"), `${name}:/v/f`);
    expect(await hull.shell(name, "cat /v/f; ln -s / /v/root; ln -s ../../../../../../etc /tmp/up")).toBe(
      "f",
    );
    await hull.ok("stop", "-t", "0", name);
    await hull.ok("cp", `${name}:/v/f`, join(host, "back"));
    expect(readFileSync(join(host, "back"), "utf8")).toBe("f");
    await hull.ok("cp", join(host, "f"), `${name}:/v/root/landed`);
    await hull.ok("cp", join(host, "f"), `${name}:/tmp/up/landed`);
    await hull.ok("start", name);
    expect(await hull.shell(name, "cat /landed /etc/landed")).toBe("ff");
    await hull.remove(name);
    await hull.ok("volume", "rm", volume);
    const locked = hull.name("cpro");
    await hull.ok("create", "--read-only", "--name", locked, "busybox");
    expect(await hull.fails(1, "cp", join(host, "f"), `${locked}:/x`)).toMatch(/rootfs is marked read-only/);
    await hull.remove(locked);
  });
});

describe("what changed", () => {
  test.concurrent("docker diff and docker export", async () => {
    const name = hull.name("diff");
    await hull.ok(
      ...["run", "--name", name, "busybox", "sh", "-c"],
      "echo x >/new; echo y >>/etc/group; rm /etc/passwd; mkdir -p /d/sub",
    );
    const lines = (await hull.ok("diff", name)).split("\n").sort();
    expect(lines).toEqual(["A /d", "A /d/sub", "A /new", "C /etc", "C /etc/group", "D /etc/passwd"]);
    const archive = join(hull.directory, "export.tar");
    await hull.ok("export", "-o", archive, name);
    const names = tar("-tf", archive).split("\n");
    for (const each of ["new", "d/sub/", "etc/group", "bin/busybox", ".dockerenv"])
      expect(names).toContain(each);
    expect(names).not.toContain("etc/passwd");
    const imported = hull.name("imported");
    await hull.ok(
      "import",
      "--change",
      "CMD echo imported",
      "--change",
      "ENV A=b",
      "-m",
      "note",
      archive,
      imported,
    );
    expect(await hull.ok("run", "--rm", imported)).toBe("imported");
    expect(await hull.field(imported, "{{.Comment}}|{{json .Config.Env}}|{{len .RootFS.Layers}}")).toMatch(
      /^note\|\["A=b"\]\|1$/,
    );
    await hull.ok("rmi", imported);
    await hull.remove(name);
  });

  hullOnly("the server is on the tests' own loopback")("docker import from an address", async () => {
    const archive = Bun.file(join(hull.directory, "from-address.tar"));
    const name = hull.name("to-export");
    await hull.ok("create", "--name", name, "busybox", "true");
    await hull.ok("export", "-o", join(hull.directory, "from-address.tar"), name);
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) =>
        new URL(request.url).pathname === "/root.tar"
          ? new Response(archive)
          : new Response("no", { status: 404 }),
    });
    const imported = hull.name("from-address");
    await hull.ok("import", `http://127.0.0.1:${server.port}/root.tar`, imported);
    expect(await hull.ok("run", "--rm", imported, "echo", "came over")).toBe("came over");
    const missing = await hull.docker("import", `http://127.0.0.1:${server.port}/nosuch`, imported);
    expect(missing.code).toBe(1);
    expect(missing.err).toContain("the server answered 404");
    await hull.ok("rmi", imported);
    await hull.remove(name);
  });

  test.concurrent("docker commit", async () => {
    const name = hull.name("commit");
    const image = hull.name("committed");
    await hull.ok(
      "run",
      "--name",
      name,
      "-e",
      "OLD=1",
      "busybox",
      "sh",
      "-c",
      "echo data >/data; rm /etc/group",
    );
    const id = await hull.ok(
      ...["commit", "-a", "me", "-m", "why", "--change", "ENV NEW=2", "--change", 'CMD ["cat", "/data"]'],
      ...["--change", "LABEL k=v", "--change", "EXPOSE 80", "--change", "USER 9", "--change", "WORKDIR /tmp"],
      ...["--change", "VOLUME /vol", name, `${image}:v1`],
    );
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await hull.ok("run", "--rm", `${image}:v1`)).toBe("data");
    expect(
      await hull.ok(
        "run",
        "--rm",
        `${image}:v1`,
        "sh",
        "-c",
        "id -u; pwd; echo $OLD $NEW; ls /etc/group 2>/dev/null || echo deleted",
      ),
    ).toBe("9\n/tmp\n1 2\ndeleted");
    const [inspected] = JSON.parse(await hull.ok("image", "inspect", `${image}:v1`));
    expect(inspected).toMatchObject({ Id: id, Author: "me", Comment: "why" });
    expect(inspected.Config).toMatchObject({
      User: "9",
      WorkingDir: "/tmp",
      ExposedPorts: { "80/tcp": {} },
      Volumes: { "/vol": {} },
      Cmd: ["cat", "/data"],
    });
    expect(inspected.Config.Labels).toMatchObject({ k: "v" });
    expect(inspected.RootFS.Layers).toHaveLength(2);
    const history = (await hull.ok("history", "--format", "{{.Comment}}|{{.Size}}", `${image}:v1`)).split(
      "\n",
    );
    expect(history[0]).toMatch(/^why\|\d+B$/);
    expect(history.length).toBeGreaterThanOrEqual(2);
    expect(await hull.fails(1, "commit", "--change", "RUN x", name)).toMatch(
      /run is not a valid change command/i,
    );
    expect(await hull.fails(1, "commit", "nosuchcontainer")).toContain("No such container: nosuchcontainer");
    await hull.ok("rmi", `${image}:v1`);
    await hull.remove(name);
  });

  test.concurrent("commit of a running container, paused or not", async () => {
    const name = await hull.sleeper("commitrunning");
    await hull.shell(name, "echo live >/live");
    for (const pause of ["true", "false"]) {
      const image = hull.name(`live${pause}`);
      await hull.ok("commit", `--pause=${pause}`, name, image);
      expect(await hull.ok("run", "--rm", image, "cat", "/live")).toBe("live");
      await hull.ok("rmi", image);
    }
    expect((await hull.state(name)).Paused).toBeFalse();
    await hull.remove(name);
  });
});

describe("images", () => {
  test.concurrent("save and load", async () => {
    const name = hull.name("saved");
    const archive = join(hull.directory, "saved.tar");
    await hull.ok("run", "--name", name, "busybox", "touch", "/saved");
    const id = await hull.ok("commit", name, `${name}:one`);
    await hull.ok("tag", `${name}:one`, `${name}:two`);
    await hull.ok("save", "-o", archive, `${name}:one`, `${name}:two`);
    const manifest = JSON.parse(tar("-xOf", archive, "manifest.json"));
    expect(manifest).toHaveLength(1);
    expect(manifest[0].RepoTags.sort()).toEqual([`${name}:one`, `${name}:two`]);
    await hull.remove(name);
    await hull.ok("rmi", `${name}:one`, `${name}:two`);
    expect(await hull.fails(1, "image", "inspect", `${name}:one`)).toContain(`No such image: ${name}:one`);
    const loaded = (await hull.ok("load", "-i", archive)).split("\n").sort();
    expect(loaded).toEqual([`Loaded image: ${name}:one`, `Loaded image: ${name}:two`]);
    expect(await hull.field(`${name}:one`, "{{.Id}}")).toBe(id);
    expect(await hull.ok("run", "--rm", `${name}:one`, "ls", "/saved")).toBe("/saved");
    await hull.ok("rmi", `${name}:one`, `${name}:two`);
    // By id: no names, still whole.
    expect(await hull.fails(1, "save", "-o", archive, "nosuchimage")).toMatch(/No such image: nosuchimage/i);
    const broken = join(hull.directory, "broken.tar");
    writeFileSync(broken, "no archive at all");
    expect((await hull.docker("load", "-i", broken)).code).toBe(1);
  });

  test.concurrent("tag, rmi and their refusals", async () => {
    const image = hull.name("tagged");
    const name = hull.name("taguser");
    await hull.ok("run", "--name", name, "busybox", "touch", "/tagged");
    const id = await hull.ok("commit", name, `${image}:a`);
    await hull.remove(name);
    await hull.ok("tag", `${image}:a`, `${image}:b`);
    const short = id.replace("sha256:", "").slice(0, 12);
    expect(await hull.fails(1, "rmi", short)).toContain(
      `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
    );
    expect(await hull.ok("rmi", `${image}:a`)).toBe(`Untagged: ${image}:a`);
    const holder = await hull.ok("create", "--name", name, `${image}:b`);
    const refused = await hull.fails(1, "rmi", `${image}:b`);
    expect(refused).toContain(
      `conflict: unable to remove repository reference "${image}:b" (must force) - container ${holder.slice(0, 12)} is using its referenced image ${short}`,
    );
    await hull.remove(name);
    const deleted = (await hull.ok("rmi", `${image}:b`)).split("\n");
    expect(deleted[0]).toBe(`Untagged: ${image}:b`);
    expect(deleted).toContain(`Deleted: ${id}`);
    expect(await hull.fails(1, "rmi", `${image}:b`)).toContain(`No such image: ${image}:b`);
    expect(await hull.fails(1, "tag", "nosuchimage", "x")).toContain("No such image: nosuchimage:latest");
    expect(await hull.fails(1, "tag", "busybox", "Bad:tag:x")).toMatch(
      /not a valid repository\/tag|invalid reference format/,
    );
  });

  test.concurrent("an image of a running container cannot go, even by force", async () => {
    const image = hull.name("running");
    const base = hull.name("runningbase");
    await hull.ok("run", "--name", base, "busybox", "touch", "/r");
    const id = await hull.ok("commit", base, image);
    await hull.remove(base);
    const name = hull.name("runner");
    const holder = await hull.ok("run", "-d", "--init", "--name", name, image, "sleep", "3600");
    const short = id.replace("sha256:", "").slice(0, 12);
    expect(await hull.fails(1, "rmi", "-f", short)).toContain(
      `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${holder.slice(0, 12)}`,
    );
    await hull.remove(name);
    await hull.ok("rmi", image);
  });

  test.concurrent("image ls and its filters", async () => {
    const image = hull.name("list");
    const name = hull.name("lister");
    await hull.ok("run", "--name", name, "busybox", "touch", "/list");
    const id = await hull.ok("commit", "--change", "LABEL list=yes", name, `${image}:1`);
    await hull.remove(name);
    const list = (...filters: string[]) =>
      hull.ok("image", "ls", "--no-trunc", "-q", ...filters.flatMap((filter) => ["--filter", filter]));
    expect(await list(`reference=${image}*`)).toBe(id);
    expect(await list(`reference=${image}:2`)).toBe("");
    expect((await list("label=list=yes")).split("\n")).toContain(id);
    expect((await list(`before=${image}:1`)).split("\n")).not.toContain(id);
    expect((await list("since=busybox")).split("\n")).toContain(id);
    expect((await list("dangling=true")).split("\n")).not.toContain(id);
    const row = await hull.ok("image", "ls", "--format", "{{.Repository}}|{{.Tag}}|{{.Size}}", image);
    expect(row).toMatch(new RegExp(`^${image}\\|1\\|[\\d.]+MB$`));
    expect(await hull.fails(1, "image", "ls", "--filter", "nosuch=1")).toMatch(/[Ii]nvalid filter '?nosuch/);
    await hull.ok("rmi", `${image}:1`);
  });

  hullOnly("it would take the images of others")("image prune", async () => {
    const name = hull.name("pruned");
    await hull.ok("run", "--name", name, "busybox", "touch", "/pruned");
    const dangling = await hull.ok("commit", name);
    const named = hull.name("prunenamed");
    await hull.ok("commit", name, named);
    await hull.remove(name);
    const first = await hull.ok("image", "prune", "-f");
    expect(first).toContain(dangling);
    expect(first).not.toContain(named);
    expect(first).toMatch(/Total reclaimed space: \d/);
    expect(await hull.ok("image", "prune", "-f", "-a", "--filter", "until=1h")).not.toContain(named);
    expect(await hull.fails(1, "image", "prune", "-f", "--filter", "nosuch=1")).toMatch(
      /[Ii]nvalid filter '?nosuch/,
    );
    await hull.ok("rmi", named);
  });

  test.concurrent("image inspect and history of the base", async () => {
    const [base] = JSON.parse(await hull.ok("image", "inspect", "busybox"));
    expect(base).toMatchObject({ Os: "linux", RepoTags: expect.arrayContaining(["busybox:latest"]) });
    expect(base.Config.Cmd).toEqual(["sh"]);
    expect(base.RootFS.Layers).toHaveLength(1);
    const lines = (await hull.ok("history", "--no-trunc", "busybox")).split("\n");
    expect(lines[0]).toMatch(/^IMAGE\s+CREATED\s+CREATED BY\s+SIZE\s+COMMENT$/);
    expect(lines.length).toBe(expected(3, { reference: 2, reason: "its busybox was imported in one step" }));
    expect(await hull.fails(1, "history", "nosuchimage")).toContain("No such image: nosuchimage:latest");
  });
});
