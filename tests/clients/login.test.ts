import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FakeRegistry } from "../fakes/fake-registry.ts";
import { clientEngine, expected, hullOnly } from "../setup/client-engine.ts";
import { RegistryUnderTest, registryProgram } from "../setup/registry-under-test.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine({ busybox: false });
const password = "s3cret pass$word";

function login(address: string, username: string, secret: string) {
  return engine.dockerWith({ stdin: secret }, "login", "--username", username, "--password-stdin", address);
}

function saved(address: string): Record<string, string> | undefined {
  const config = JSON.parse(readFileSync(join(engine.directory, "config.json"), "utf8")) as {
    auths?: Record<string, Record<string, string>>;
  };
  return config.auths?.[address];
}

const name = "docker login against docker-registry with htpasswd";
describe.skipIf(!registryProgram)(
  registryProgram ? name : `${name} [not installed: Debian package docker-registry]`,
  () => {
    let registry: RegistryUnderTest | undefined;
    const address = () => registry?.address ?? "";

    beforeAll(async () => {
      registry = await RegistryUnderTest.start({
        directory: join(engine.directory, "registry"),
        port: await engine.freePort(),
        username: "me",
        password,
        prefix: engine.hostPrefix,
      });
    });
    afterAll(() => registry?.[Symbol.asyncDispose]());

    test("the right password is kept", async () => {
      const { code, out, err } = await login(address(), "me", password);
      expect([code, out.trim(), err.includes("Error")]).toEqual([0, "Login Succeeded", false]);
      expect(saved(address())).toEqual({ auth: Buffer.from(`me:${password}`).toString("base64") });
      await engine.ok("logout", address());
      expect(saved(address())).toBeUndefined();
    });

    test("a wrong password is refused and not kept", async () => {
      const { code, err } = await login(address(), "me", "wrong");
      expect(code).toBe(1);
      expect(err.trim()).toBe(
        `Error response from daemon: login attempt to http://${address()}/v2/ failed with status: 401 Unauthorized`,
      );
      expect(saved(address())).toBeUndefined();
    });

    test("the API answers 200 and 401", async () => {
      const ask = (secret: string) =>
        engine.request("POST", "/auth", { username: "me", password: secret, serveraddress: address() });
      const good = await ask(password);
      expect([good.status, await good.json()]).toEqual([
        200,
        { Status: "Login Succeeded", IdentityToken: "" },
      ]);
      const bad = await ask("wrong");
      const status = expected(401, { reference: 500, reason: "it takes a refusal for a fault of its own" });
      expect(bad.status).toBe(status);
      expect(JSON.stringify(await bad.json())).not.toContain("wrong");
    });
  },
);

test("docker login where nobody listens", async () => {
  const address = `127.0.0.1:${await engine.freePort()}`;
  const { code, err } = await login(address, "me", password);
  expect([code, err.trim()]).toEqual([
    1,
    `Error response from daemon: Get "http://${address}/v2/": dial tcp ${address}: connect: connection refused`,
  ]);
});

test("docker login with what is no address", async () => {
  const { code, err } = await login("127.0.0.1:port", "me", password);
  expect(code).toBe(1);
  expect(err).toContain("unable to parse server address");
});

hullOnly("the registry is in the tests' own network")("docker login with a token server", async () => {
  using registry = new FakeRegistry({
    challenge: 'Bearer realm="ORIGIN/token",service="test"',
    accepts: "Bearer T",
    token: ({ authorization, form }) =>
      authorization === `Basic ${btoa(`me:${password}`)}` || form.refresh_token === "R"
        ? Response.json({ token: "T", refresh_token: "R" })
        : Response.json({ details: "incorrect username or password" }, { status: 401 }),
  });
  const wrong = await login(registry.address, "me", "wrong");
  expect([wrong.code, wrong.err.trim()]).toEqual([
    1,
    `Error response from daemon: Get "http://${registry.address}/v2/": unauthorized: incorrect username or password`,
  ]);
  expect((await login(registry.address, "me", password)).code).toBe(0);
  expect(saved(registry.address)?.identitytoken).toBe("R");
  const body = { username: "me", identitytoken: "R", serveraddress: registry.address };
  expect((await engine.request("POST", "/auth", body)).status).toBe(200);
  expect(registry.asked.some(({ form }) => form.grant_type === "refresh_token")).toBeTrue();
});

hullOnly("it reloads its configuration")("docker login sees insecure registries after a reload", async () => {
  const ask = async () => {
    const body = { username: "me", password, serveraddress: "registry.invalid:5000" };
    return (await engine.request("POST", "/auth", body)).text();
  };
  expect(await ask()).toContain("https://registry.invalid:5000/v2/");
  await Bun.write(
    join(engine.own.directory, "engine.json"),
    JSON.stringify({ "insecure-registries": ["registry.invalid:5000"] }),
  );
  const reloaded = engine.own.log().split("configuration reloaded").length;
  engine.own.signal("SIGHUP");
  await until("the reload", () => engine.own.log().split("configuration reloaded").length > reloaded);
  expect(await ask()).toContain("http://registry.invalid:5000/v2/");
});
