import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, hullOnly, onReference } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();

function folder(name: string, files: Readonly<Record<string, string>> = {}): string {
  const path = join(hull.directory, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const mountsOf = async (container: string) =>
  ((await hull.inspect(container)).Mounts ?? []).sort((a, b) =>
    (a.Destination ?? "").localeCompare(b.Destination ?? ""),
  );

/** An image with files where volumes will be mounted. */
async function imageWithData(word: string, ...changes: string[]): Promise<string> {
  const container = hull.name(`${word}-source`);
  const image = hull.name(word);
  const script =
    "mkdir -p /data/sub && echo one >/data/a && echo two >/data/sub/b && chown 7:8 /data && chmod 750 /data";
  await hull.ok("run", "--name", container, "busybox", "sh", "-c", script);
  await hull.ok("commit", ...changes.flatMap((change) => ["--change", change]), container, image);
  await hull.ok("rm", container);
  return image;
}

describe("bind mounts", () => {
  test.concurrent("-v of a folder and of a file, ro, z", async () => {
    const path = folder("bind", { hello: "from host\n" });
    const seen = await hull.once(
      [
        ...[
          "-v",
          `${path}:/rw`,
          "-v",
          `${path}:/ro:ro`,
          "-v",
          `${path}/hello:/etc/hello:ro,z`,
          "-v",
          `${path}:/z:Z`,
        ],
      ],
      "cat /etc/hello; echo back >/rw/answer; touch /ro/x 2>&1; touch /etc/hello 2>&1; ls /z",
    );
    const lines = seen.split("\n");
    expect(lines[0]).toBe("from host");
    expect(lines[1]).toContain("Read-only file system");
    expect(lines[2]).toContain("Read-only file system");
    expect(lines.slice(3)).toEqual(["answer", "hello"]);
    expect(readFileSync(join(path, "answer"), "utf8")).toBe("back\n");
  });

  test.concurrent("a source that is missing is made for -v, and refused for --mount", async () => {
    const missing = join(hull.directory, "made", "by", "engine");
    const run = await hull.docker("run", "--rm", "-v", `${missing}:/x`, "busybox", "true");
    expect(run.code).toBe(0);
    expect(statSync(missing).isDirectory()).toBeTrue();
    const other = join(hull.directory, "not-made");
    const error = await hull.fails(
      125,
      ...["run", "--rm", "--mount", `type=bind,source=${other},target=/x`, "busybox", "true"],
    );
    expect(error).toContain(
      `invalid mount config for type "bind": bind source path does not exist: ${other}`,
    );
    expect(existsSync(other)).toBeFalse();
  });

  test.concurrent("inspect shows them", async () => {
    const path = folder("inspected");
    const name = hull.name("bindinspect");
    await hull.ok("create", "--name", name, "-v", `${path}:/b:ro`, "-v", `${hull.name("bi")}:/v`, "busybox");
    const [bind, volume] = await mountsOf(name);
    expect(bind).toMatchObject({
      Type: "bind",
      Source: path,
      Destination: "/b",
      Mode: "ro",
      RW: false,
      Propagation: "rprivate",
    });
    expect(volume).toMatchObject({
      Type: "volume",
      Name: hull.name("bi"),
      Destination: "/v",
      Driver: "local",
      RW: true,
    });
    expect(volume?.Source).toEndWith(`/${hull.name("bi")}/_data`);
    await hull.remove(name);
    await hull.ok("volume", "rm", hull.name("bi"));
  });

  test.concurrent("propagation", async () => {
    const path = folder("shared");
    const mount = Bun.spawnSync(["mount", "-t", "tmpfs", "tmpfs", path]);
    expect(mount.exitCode).toBe(0);
    try {
      Bun.spawnSync(["mount", "--make-shared", path]);
      const name = await hull.sleeper(
        "prop",
        "-v",
        `${path}:/slave:rslave`,
        "-v",
        `${path}:/private:private`,
      );
      mkdirSync(join(path, "inner"));
      expect(Bun.spawnSync(["mount", "-t", "tmpfs", "inner", join(path, "inner")]).exitCode).toBe(0);
      expect(await hull.shell(name, "grep -c ' /slave/inner ' /proc/mounts")).toBe("1");
      expect(await hull.shell(name, "grep -c ' /private/inner ' /proc/mounts || true")).toBe("0");
      const fields = await hull.shell(name, "grep -E ' /slave ' /proc/self/mountinfo");
      expect(fields).toMatch(/ master:\d+/);
      expect((await mountsOf(name)).map((each) => each.Propagation)).toEqual(["private", "rslave"]);
      await hull.remove(name);
    } finally {
      Bun.spawnSync(["umount", "-l", join(path, "inner")]);
      Bun.spawnSync(["umount", "-l", path]);
    }
    expect(await hull.fails(125, "run", "--rm", "-v", "/tmp:/x:nosuchmode", "busybox")).toMatch(
      /invalid mode: nosuchmode/i,
    );
  });

  test.concurrent("destinations that cannot be", async () => {
    const refused = (...options: string[]) => hull.docker("create", ...options, "busybox");
    expect((await refused("-v", "/tmp:relative")).err).toMatch(/invalid mount path: 'relative'/i);
    expect((await refused("-v", "/tmp:/")).err).toMatch(/destination can't be '\/'/i);
    expect((await refused("-v", "/a:/x", "-v", "/b:/x")).err).toMatch(/Duplicate mount point: \/x/);
    expect((await refused("-v", "Bad/Name:/x")).err).toMatch(
      /includes invalid characters for a local volume name/,
    );
    expect((await refused("--mount", "type=nosuch,target=/x")).err).toMatch(
      /mount type unknown|invalid mount type|nosuch/i,
    );
    expect((await refused("--mount", "type=volume,source=x")).err).toMatch(
      /target is required|field Target must not be empty/i,
    );
    expect((await refused("--mount", "type=bind,target=/x")).err).toMatch(/field Source must not be empty/i);
    expect((await refused("--mount", "type=tmpfs,source=/a,target=/x")).err).toMatch(
      /field Source must not be specified/i,
    );
    expect((await refused("--mount", "type=bind,source=rel,target=/x")).err).toMatch(
      /must be absolute|does not exist|bind source path/i,
    );
  });
});

describe("volumes", () => {
  test.concurrent("keep data; a new one takes over the image's files", async () => {
    const image = await imageWithData("copyup");
    const volume = hull.name("vol");
    const run = (options: string[], script: string) =>
      hull.ok("run", "--rm", ...options, image, "sh", "-c", script);
    expect(
      await run(
        ["-v", `${volume}:/data`],
        "cat /data/a /data/sub/b; stat -c '%u:%g %a' /data; echo kept >/data/c",
      ),
    ).toBe("one\ntwo\n7:8 750");
    expect(await run(["-v", `${volume}:/data:ro`], "cat /data/c; touch /data/x 2>/dev/null || echo ro")).toBe(
      "kept\nro",
    );
    const nocopy = hull.name("nocopy");
    expect(await run(["-v", `${nocopy}:/data:nocopy`], "ls -A /data | wc -l")).toBe("0");
    expect(
      await run(
        ["--mount", `type=volume,source=${nocopy}2,target=/data,volume-nocopy`],
        "ls -A /data | wc -l",
      ),
    ).toBe("0");
    // A volume with something in it is left as it is.
    const full = hull.name("full");
    await hull.once(["-v", `${full}:/x`], "echo mine >/x/mine");
    expect(await run(["-v", `${full}:/data`], "ls /data")).toBe("mine");
    await hull.ok("volume", "rm", volume, nocopy, `${nocopy}2`, full);
  });

  test.concurrent("volume-subpath", async () => {
    if (onReference) return;
    const volume = hull.name("subs");
    await hull.once(
      ["-v", `${volume}:/v`],
      "mkdir -p /v/in/side; echo deep >/v/in/side/file; ln -s / /v/out",
    );
    const mount = (path: string) => [
      "--mount",
      `type=volume,source=${volume},target=/x,volume-subpath=${path}`,
    ];
    expect(await hull.once(mount("in/side"), "cat /x/file")).toBe("deep");
    const outside = await hull.docker("run", "--rm", ...mount("../.."), "busybox", "true");
    expect(outside.code).toBe(125);
    const link = await hull.docker("run", "--rm", ...mount("out/etc"), "busybox", "ls", "/x");
    expect(link.code).not.toBe(0);
    const missing = await hull.docker("run", "--rm", ...mount("nosuch"), "busybox", "true");
    expect(missing.code).not.toBe(0);
    expect(missing.err).toContain("nosuch");
    await hull.ok("volume", "rm", volume);
  });

  test.concurrent("anonymous ones go with rm -v and --rm, not with rm", async () => {
    const image = await imageWithData("anon", "VOLUME /data");
    const name = hull.name("anonuser");
    await hull.ok("run", "--name", name, "-v", "/own", image, "true");
    const names = (await mountsOf(name)).map((mount) => mount.Name ?? "");
    expect(names).toHaveLength(2);
    for (const each of names) expect(each).toMatch(/^[0-9a-f]{64}$/);
    await hull.ok("rm", name);
    const left = (await hull.ok("volume", "ls", "-q")).split("\n");
    for (const each of names) expect(left).toContain(each);
    await hull.ok("volume", "rm", ...names);

    await hull.ok("run", "--name", name, image, "true");
    const [again] = await mountsOf(name);
    await hull.ok("rm", "-v", name);
    expect(await hull.fails(1, "volume", "inspect", again?.Name ?? "")).toMatch(/[Nn]o such volume/);

    const id = await hull.ok("run", "-d", "--rm", "-v", "/own", "busybox", "sleep", "3600");
    const [own] = await mountsOf(id);
    await hull.ok("kill", id);
    await until(
      "the volume is gone",
      async () => (await hull.docker("volume", "inspect", own?.Name ?? "")).code === 1,
    );
  });

  test.concurrent("--volumes-from, ro too", async () => {
    const path = folder("from");
    const donor = hull.name("donor");
    const volume = hull.name("fromvol");
    await hull.ok(
      "create",
      "--name",
      donor,
      "-v",
      `${path}:/b`,
      "-v",
      `${volume}:/v`,
      "-v",
      "/anon",
      "busybox",
    );
    expect(
      await hull.once(
        ["--volumes-from", donor],
        "touch /b/x /v/y /anon/z && grep -cE ' /(b|v|anon) ' /proc/mounts",
      ),
    ).toBe("3");
    expect(existsSync(join(path, "x"))).toBeTrue();
    expect(
      await hull.once(["--volumes-from", `${donor}:ro`], "ls /v /anon; touch /v/n 2>/dev/null || echo ro"),
    ).toBe("/anon:\nz\n\n/v:\ny\nro");
    expect(await hull.fails(125, "run", "--rm", "--volumes-from", "nosuchcontainer", "busybox")).toContain(
      "No such container: nosuchcontainer",
    );
    await hull.remove(donor);
    await hull.ok("volume", "rm", volume);
  });

  test.concurrent("in use they are not removed", async () => {
    const volume = hull.name("inuse");
    const name = hull.name("user");
    const id = await hull.ok("create", "--name", name, "-v", `${volume}:/v`, "busybox");
    expect(await hull.fails(1, "volume", "rm", volume)).toContain(
      `remove ${volume}: volume is in use - [${id}]`,
    );
    expect(await hull.fails(1, "volume", "rm", "-f", volume)).toContain("volume is in use");
    await hull.remove(name);
    expect(await hull.ok("volume", "rm", volume)).toBe(volume);
    expect(await hull.fails(1, "volume", "rm", volume)).toMatch(/no such volume/i);
    expect(await hull.ok("volume", "rm", "-f", volume)).toBe(volume);
  });
});

describe("docker volume", () => {
  test.concurrent("create, inspect, ls", async () => {
    const name = hull.name("made");
    expect(await hull.ok("volume", "create", "--label", "a=1", "--label", `own=${hull.id}`, name)).toBe(name);
    expect(await hull.ok("volume", "create", name)).toBe(name);
    const [made] = JSON.parse(await hull.ok("volume", "inspect", name)) as Record<string, unknown>[];
    expect(made).toMatchObject({
      Name: name,
      Driver: "local",
      Scope: "local",
      Labels: { a: "1", own: hull.id },
      Options: null,
    });
    expect(String(made?.Mountpoint)).toEndWith(`/${name}/_data`);
    expect(String(made?.CreatedAt)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    const listed = (...filters: string[]) =>
      hull.ok("volume", "ls", "-q", ...filters.flatMap((each) => ["--filter", each]));
    expect(await listed(`label=own=${hull.id}`)).toBe(name);
    expect(await listed(`name=${name}`)).toBe(name);
    expect((await listed("dangling=true")).split("\n")).toContain(name);
    expect((await listed("dangling=false")).split("\n")).not.toContain(name);
    expect((await listed("driver=local")).split("\n")).toContain(name);
    expect(await listed("driver=nosuch")).toBe("");
    expect(await hull.fails(1, "volume", "ls", "--filter", "nosuch=1")).toMatch(/[Ii]nvalid filter '?nosuch/);
    const nameless = await hull.ok("volume", "create");
    expect(nameless).toMatch(/^[0-9a-f]{64}$/);
    await hull.ok("volume", "rm", name, nameless);
    expect(await hull.fails(1, "volume", "create", "--driver", "nosuch", "x")).toMatch(/nosuch/);
    expect(await hull.fails(1, "volume", "create", "-o", "nosuch=1", hull.name("opt"))).toMatch(
      /invalid option/i,
    );
    expect(await hull.fails(1, "volume", "create", "x")).toMatch(/volume name is too short/);
  });

  test.concurrent("type=tmpfs and type=none,o=bind", async () => {
    const tmpfs = hull.name("tmpfs");
    await hull.ok(
      "volume",
      "create",
      "-o",
      "type=tmpfs",
      "-o",
      "device=tmpfs",
      "-o",
      "o=size=1m,uid=77",
      tmpfs,
    );
    expect(await hull.once(["-v", `${tmpfs}:/v`], "df -k /v | awk 'NR>1{print $2}'; stat -c %u /v")).toBe(
      "1024\n77",
    );
    const path = folder("volbind", { there: "yes\n" });
    const bind = hull.name("bindvol");
    await hull.ok("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", `device=${path}`, bind);
    expect(await hull.once(["-v", `${bind}:/v`], "cat /v/there; touch /v/new")).toBe("yes");
    expect(existsSync(join(path, "new"))).toBeTrue();
    const options = JSON.parse(await hull.ok("volume", "inspect", "-f", "{{json .Options}}", bind));
    expect(options).toEqual({ type: "none", o: "bind", device: path });
    await hull.ok("volume", "rm", tmpfs, bind);
    expect(existsSync(join(path, "there"))).toBeTrue();
    const missing = hull.name("missingdev");
    await hull.ok(
      "volume",
      "create",
      "-o",
      "type=none",
      "-o",
      "o=bind",
      "-o",
      "device=/no/such/folder",
      missing,
    );
    const error = await hull.docker("run", "--rm", "-v", `${missing}:/v`, "busybox", "true");
    expect(error.code).not.toBe(0);
    expect(error.err).toContain("/no/such/folder");
    await hull.ok("volume", "rm", missing);
  });

  hullOnly("it would take the volumes of others")("prune takes what nobody uses", async () => {
    const used = hull.name("used");
    const named = hull.name("unused");
    const user = hull.name("pruneuser");
    await hull.ok("create", "--name", user, "-v", `${used}:/v`, "busybox");
    await hull.ok("volume", "create", named);
    const anonymous = await hull.ok("volume", "create");
    const first = await hull.ok("volume", "prune", "-f");
    expect(first).toContain(anonymous);
    expect(first).not.toContain(named);
    expect(first).toMatch(/Total reclaimed space: \d/);
    const all = await hull.ok("volume", "prune", "-f", "-a");
    expect(all).toContain(named);
    expect(all).not.toContain(used);
    await hull.remove(user);
    await hull.ok("volume", "rm", used);
  });
});

describe("--mount", () => {
  test.concurrent("bind, volume and tmpfs with their options", async () => {
    const path = folder("mountbind", { f: "x\n" });
    const volume = hull.name("mountvol");
    const seen = await hull.once(
      [
        ...["--mount", `type=bind,source=${path},target=/b,readonly`],
        ...["--mount", `type=volume,source=${volume},target=/v,volume-label=k=v`],
        ...["--mount", "type=tmpfs,target=/t,tmpfs-size=1048576,tmpfs-mode=1770"],
        ...["--mount", "target=/anonymous"],
      ],
      "cat /b/f; touch /b/x 2>/dev/null || echo ro; touch /v/x /t/y /anonymous/z; df -k /t | awk 'NR>1{print $2}'; stat -c %a /t",
    );
    expect(seen).toBe("x\nro\n1024\n1770");
    expect(JSON.parse(await hull.ok("volume", "inspect", "-f", "{{json .Labels}}", volume))).toEqual({
      k: "v",
    });
    await hull.ok("volume", "rm", volume);
  });

  test.concurrent("--tmpfs shows in inspect and is empty after a restart", async () => {
    const name = await hull.sleeper("tmpfs", "--tmpfs", "/t:size=1m,uid=5");
    expect(await hull.shell(name, "stat -c %u /t; touch /t/x; ls /t")).toBe("5\nx");
    await hull.ok("restart", "-t", "0", name);
    expect(await hull.shell(name, "ls /t | wc -l")).toBe("0");
    expect((await hull.inspect(name)).HostConfig?.Tmpfs).toEqual({ "/t": "size=1m,uid=5" });
    await hull.remove(name);
  });

  hullOnly("image mounts came with 28")("of an image", async () => {
    const seen = await hull.docker(
      ...[
        "run",
        "--rm",
        "--mount",
        "type=image,source=busybox,target=/img",
        "busybox",
        "ls",
        "/img/bin/busybox",
      ],
    );
    // Honoured, or refused in a clear sentence.
    if (seen.code === 0) expect(seen.out).toBe("/img/bin/busybox\n");
    else expect(seen.err).toMatch(/image/);
  });
});
