import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { againstReference, type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

const sh = async (flags: string[], script: string) => {
  const { code, out, err } = await engine.docker("run", "--rm", ...flags, "busybox", "sh", "-c", script);
  return code === 0 ? out.trim() : `exit code ${code}: ${err.trim()}`;
};

describe("volumes", () => {
  test("keep what containers wrote, and are refused to be removed while used", async () => {
    await engine.ok("volume", "create", "--label=a=b", "data");
    expect(await sh(["-v", "data:/d"], "echo hello > /d/x")).toBe("");
    expect(await sh(["-v", "data:/d:ro"], "cat /d/x; touch /d/y 2>&1 | grep -c 'Read-only'")).toBe(
      "hello\n1",
    );
    await engine.ok("create", "--name=user", "-v", "data:/d", "busybox");
    const { code, err } = await engine.docker("volume", "rm", "data");
    expect(code).toBe(1);
    expect(err).toContain("volume is in use");
    await engine.ok("rm", "user");
    await engine.ok("volume", "rm", "data");
    expect((await engine.docker("volume", "inspect", "data")).err).toMatch(/no such volume/i);
  });

  test("are made when they are named, and anonymous ones go with --rm and rm -v", async () => {
    const count = async () =>
      (await engine.ok("volume", "ls", "-q")).split("\n").filter((name) => name !== "").length;
    const before = await count();
    expect(await sh(["-v", "/anonymous", "-v", "named:/n"], "mount | grep -c -e /anonymous -e /n")).toBe("2");
    expect(await count()).toBe(before + 1);
    const id = await engine.ok("create", "-v", "/anonymous", "busybox");
    await engine.ok("start", id);
    expect(await count()).toBe(before + 2);
    await engine.ok("rm", "-v", "-f", id);
    expect(await count()).toBe(before + 1);
    await engine.ok("volume", "rm", "named");
  });

  test("an empty one is filled with the image's content, unless nocopy is said", async () => {
    expect(await sh(["-v", "filled:/etc"], "test -s /etc/passwd && echo filled")).toBe("filled");
    expect(await sh(["-v", "filled:/e"], "test -s /e/passwd && echo kept")).toBe("kept");
    expect(await sh(["-v", "empty:/home:nocopy"], "ls /home | wc -l")).toBe("0");
    await engine.ok("volume", "rm", "filled", "empty");
  });

  test("take options of the local driver: tmpfs and bind", async () => {
    await engine.ok(
      "volume",
      "create",
      "--opt=type=tmpfs",
      "--opt=device=tmpfs",
      "--opt=o=size=2m",
      "memory",
    );
    expect(await sh(["-v", "memory:/m"], "df -m /m | tail -1 | tr -s ' ' | cut -d' ' -f2")).toBe("2");
    const folder = join(engine.directory, "folder");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "x"), "bound");
    await engine.ok("volume", "create", "--opt=type=none", `--opt=device=${folder}`, "--opt=o=bind", "bound");
    expect(await sh(["-v", "bound:/b"], "cat /b/x")).toBe("bound");
    await engine.ok("volume", "rm", "memory", "bound");
    expect(existsSync(join(folder, "x"))).toBe(true);
  });

  test("come along with --volumes-from", async () => {
    await engine.ok("create", "--name=holder", "-v", "shared:/s", "busybox");
    expect(await sh(["--volumes-from=holder"], "echo 1 > /s/x; cat /s/x")).toBe("1");
    expect(await sh(["--volumes-from=holder:ro"], "touch /s/y 2>&1 | grep -c Read-only")).toBe("1");
    await engine.ok("rm", "holder");
    await engine.ok("volume", "rm", "shared");
  });

  test("are pruned when nobody uses them", async () => {
    await engine.ok("volume", "create", "unused");
    expect(
      await engine.ok("volume", "prune", "-a", "-f").catch(() => engine.ok("volume", "prune", "-f")),
    ).toContain("unused");
  });

  test.skipIf(againstReference)("a subpath is mounted alone", async () => {
    await sh(["-v", "tree:/t"], "mkdir -p /t/a; echo inner > /t/a/x");
    expect(await sh(["--mount=type=volume,src=tree,dst=/a,volume-subpath=a"], "ls /a; cat /a/x")).toBe(
      "x\ninner",
    );
    await engine.ok("volume", "rm", "tree");
  });
});

describe("bind mounts", () => {
  test("show the host's folder, read-only when said", async () => {
    const folder = join(engine.directory, "bind");
    mkdirSync(folder);
    writeFileSync(join(folder, "x"), "from host");
    expect(await sh(["-v", `${folder}:/b`], "cat /b/x; echo back > /b/y")).toBe("from host");
    expect(await Bun.file(join(folder, "y")).text()).toBe("back\n");
    const readOnly = `--mount=type=bind,src=${folder},dst=/b,readonly`;
    expect(await sh([readOnly], "touch /b/z 2>&1 | grep -c Read-only")).toBe("1");
    expect(await sh(["-v", `${join(folder, "x")}:/file:ro,z`], "cat /file")).toBe("from host");
  });

  test("-v makes a source that is missing, --mount refuses it", async () => {
    const missing = join(engine.directory, "made/by/engine");
    expect(await sh(["-v", `${missing}:/m`], "ls /m | wc -l")).toBe("0");
    expect(existsSync(missing)).toBe(true);
    const { err, code } = await engine.docker(
      "run",
      "--rm",
      `--mount=type=bind,src=${missing}/no,dst=/m`,
      "busybox",
      "true",
    );
    expect(code).toBe(125);
    expect(err).toContain("bind source path does not exist");
  });
});

describe("docker cp, diff and export", () => {
  test("copy in and out, list changes, export the whole", async () => {
    const file = join(engine.directory, "in");
    writeFileSync(file, "copied");
    await engine.ok(
      "run",
      "--name=changed",
      "busybox",
      "sh",
      "-c",
      "echo 1 > /new; rm /etc/group; echo >> /etc/passwd",
    );
    await engine.ok("cp", file, "changed:/root/in");
    await engine.ok("cp", "changed:/root/in", `${file}.out`);
    expect(await Bun.file(`${file}.out`).text()).toBe("copied");
    const changes = (await engine.ok("diff", "changed")).split("\n").sort();
    expect(changes).toEqual(["A /new", "A /root/in", "C /etc", "C /etc/passwd", "C /root", "D /etc/group"]);
    await engine.ok("export", "-o", `${file}.tar`, "changed");
    const names = Bun.spawnSync(["tar", "-tf", `${file}.tar`]).stdout.toString();
    expect(names).toMatch(/^new$/m);
    expect(names).not.toMatch(/^etc\/group$/m);
    expect((await engine.docker("cp", "changed:/nosuchfile", "/tmp")).err).toMatch(
      /Could not find the file|no such file/i,
    );
    await engine.ok("rm", "changed");
  });
});
