import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { ServedRegistry } from "../setup/served-registry.ts";

const engine = clientEngine();
const password = "ours";

describe("docker and a registry of our own", () => {
  let registry: ServedRegistry | undefined;
  let copies: ServedRegistry | undefined;
  const image = (path: string, where = registry) => `${where?.address}/${engine.id}/${path}`;
  const digestOf = (text: string) => /sha256:[0-9a-f]{64}/.exec(text)?.[0];

  beforeAll(async () => {
    const users = join(engine.directory, "users");
    const hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
    writeFileSync(users, `me:${hash}\n`);
    const root = (name: string) => join(engine.directory, name);
    const start = (...flags: string[]) => ServedRegistry.start(flags, {}, engine.hostPrefix);
    registry = await start("--root", root("registry"), "--htpasswd", users, "--anonymous-pull");
    copies = await start("--root", root("copies"), "--proxy", registry.url);
  });
  afterAll(async () => {
    for (const where of [registry, copies]) {
      await engine.docker("rmi", "-f", image("box:1", where), image("other:1", where));
      await where?.[Symbol.asyncDispose]();
    }
  });

  test("pushing needs the password, pulling does not, and what comes back is the same", async () => {
    const reference = image("box:1");
    await engine.ok("tag", "busybox", reference);
    expect(await engine.fails(1, "push", reference)).toMatch(/authentication required|unauthorized/);
    const wrong = await engine.dockerWith(
      { stdin: "not this one" },
      ...["login", "-u", "me", "--password-stdin", registry?.address ?? ""],
    );
    expect(wrong.err).toContain("wrong user name or password");
    await engine.dockerWith(
      { stdin: password },
      "login",
      "-u",
      "me",
      "--password-stdin",
      registry?.address ?? "",
    );
    const pushed = digestOf(await engine.ok("push", reference));
    await engine.ok("tag", reference, image("other:1"));
    expect(await engine.ok("push", image("other:1"))).toContain(`Mounted from ${engine.id}/box`);
    await engine.ok("logout", registry?.address ?? "");
    await engine.ok("rmi", reference, image("other:1"));
    expect(digestOf(await engine.ok("pull", reference))).toBe(pushed);
    expect(await engine.once([], "echo from ours")).toBe("from ours");
    const id = await engine.ok("inspect", "-f", "{{.Id}}", reference);
    expect(id).toBe(await engine.ok("inspect", "-f", "{{.Id}}", "busybox"));
    await engine.ok("rmi", reference);
  });

  test("a registry before it hands its images on, also when it is gone", async () => {
    const reference = image("box:1", copies);
    const first = digestOf(await engine.ok("pull", reference));
    await engine.ok("rmi", reference);
    expect(await engine.fails(1, "pull", image("nothing:1", copies))).toMatch(/not found|unknown/);
    await registry?.stop();
    expect(digestOf(await engine.ok("pull", reference))).toBe(first);
  });
});
