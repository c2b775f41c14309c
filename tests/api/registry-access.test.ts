import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import { refusal, registryForTest } from "../setup/registry-client.ts";
import { until } from "../setup/until.ts";

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

function usersFile() {
  const directory = mkdtempSync(join(tmpdir(), "hull-users-"));
  const file = join(directory, "users");
  return {
    file,
    async write(users: Readonly<Record<string, string>>) {
      const lines = Object.entries(users).map(
        ([user, password]) =>
          `${user}:${Bun.password.hashSync(password, { algorithm: "bcrypt", cost: 4 }).replace("$2b$", "$2y$")}`,
      );
      writeFileSync(file, `# users\n${lines.join("\n")}\n`);
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

describe("who may use the registry", () => {
  test("with a password file, only its users, as it says now", async () => {
    using users = usersFile();
    await users.write({ ann: "secret" });
    await using hub = await registryForTest({ htpasswd: users.file });
    const get = (headers: Record<string, string>) => hub.ask("GET", "/v2/", undefined, headers);
    const stranger = await get({});
    expect(stranger.headers.get("www-authenticate")).toBe('Basic realm="hull registry"');
    expect(await refusal(stranger)).toEqual([401, "UNAUTHORIZED"]);
    expect((await get(basic("ann", "wrong"))).status).toBe(401);
    expect((await get(basic("ben", "secret"))).status).toBe(401);
    expect((await get({ Authorization: "Basic nonsense" })).status).toBe(401);
    for (let again = 0; again < 3; again++) expect((await get(basic("ann", "secret"))).status).toBe(200);
    await users.write({ ben: "other" });
    expect((await get(basic("ann", "secret"))).status).toBe(401);
    expect((await get(basic("ben", "other"))).status).toBe(200);
    // A file that went bad while the registry runs changes nothing.
    writeFileSync(users.file, "ben:plain\n");
    expect((await get(basic("ben", "other"))).status).toBe(200);
    await using _ = hub;
    expect(registryForTest({ htpasswd: users.file })).rejects.toThrow('line 1 is not "user:hash"');
  });

  test("anonymous pull: anybody may pull, by a token or without, and only users push", async () => {
    using users = usersFile();
    await users.write({ ann: "secret" });
    await using hub = await registryForTest({ htpasswd: users.file, anonymousPull: true });
    const { digest } = await hub.pushBlob("a", "x", basic("ann", "secret"));
    const path = `/v2/a/blobs/${digest}`;
    expect((await hub.ask("GET", path)).status).toBe(200);
    expect((await hub.ask("GET", "/v2/_catalog")).status).toBe(401);
    const push = (headers: Record<string, string>) =>
      hub.ask("POST", "/v2/a/blobs/uploads/", undefined, headers);
    const challenge = (await push({})).headers.get("www-authenticate") ?? "";
    const realm = /^Bearer realm="([^"]+)",service="hull",scope="repository:a:pull,push"$/.exec(
      challenge,
    )?.[1];
    const token = async (headers: Record<string, string>) => {
      const answer = await fetch(realm ?? "", { headers });
      const body = (await answer.json()) as { token?: string };
      return { status: answer.status, bearer: { Authorization: `Bearer ${body.token}` } };
    };
    const anybody = await token({});
    expect((await hub.ask("GET", "/v2/", undefined, anybody.bearer)).status).toBe(200);
    expect((await push(anybody.bearer)).status).toBe(401);
    expect((await token(basic("ann", "wrong"))).status).toBe(401);
    const ann = await token(basic("ann", "secret"));
    expect((await push(ann.bearer)).status).toBe(202);
    const [body = "", signature = ""] = ann.bearer.Authorization.split(".");
    const forged = `${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    expect((await push({ Authorization: forged })).status).toBe(401);
    expect((await push({ Authorization: "Bearer x" })).status).toBe(401);
  });

  test("a read-only registry refuses every change, one without deletion those", async () => {
    await using fixed = await registryForTest({ rules: { readOnly: true } });
    const digest = sha256("x");
    const changes = [
      ["POST", "/v2/a/blobs/uploads/"],
      ["PUT", "/v2/a/manifests/v1"],
      ["DELETE", "/v2/a/manifests/v1"],
      ["DELETE", `/v2/a/blobs/${digest}`],
    ] as const;
    for (const [method, path] of changes) {
      expect(await refusal(await fixed.ask(method, path))).toEqual([405, "UNSUPPORTED"]);
    }
    await using kept = await registryForTest({ rules: { deletes: false } });
    await kept.pushImage("a", "v1", "one");
    expect((await kept.ask("DELETE", "/v2/a/manifests/v1")).status).toBe(405);
  });
});

describe("what the registry is asked badly", () => {
  test("paths cannot lead out, methods are told, other paths are not there", async () => {
    await using hub = await registryForTest();
    for (const path of [
      "/v2/../../etc/passwd/tags/list",
      "/v2/a%2F..%2Fb/tags/list",
      "/v2/a/_tags/tags/list",
      "/v2/%00/tags/list",
      `/v2/${"a".repeat(256)}/tags/list`,
    ]) {
      const raw = await rawRequest(hub.registry.address, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect([path, raw.slice(9, 12)]).toEqual([path, "400"]);
      expect(raw).toContain("NAME_INVALID");
    }
    const upload = await hub.ask("GET", "/v2/a/blobs/uploads/..%2F..%2Flayout");
    expect(upload.status).toBe(404);
    const post = await hub.ask("POST", "/v2/");
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await hub.ask("GET", "/v1/")).status).toBe(404);
    expect(hub.storage.files.size).toBe(0);
  });

  test("heads that are too long, handshakes of TLS and clients that fall silent are cut off", async () => {
    await using hub = await registryForTest({ idleSeconds: 1 });
    const { address } = hub.registry;
    expect(await rawRequest(address, `GET /v2/ HTTP/1.1\r\nX: ${"y".repeat(70_000)}`)).toContain(" 431 ");
    expect(await rawRequest(address, "\x16\x03\x01\x02\x00\x01\x00")).toContain(" 400 ");
    expect(await rawRequest(address, "GET /v2/ HTT")).toBe("");
    expect(
      await rawRequest(
        address,
        "POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
      ),
    ).toContain(" 202 ");
  });

  test("the health of the storage is told without a password, and its trouble", async () => {
    using users = usersFile();
    await users.write({ ann: "secret" });
    await using hub = await registryForTest({ htpasswd: users.file });
    expect((await hub.ask("GET", "/healthz")).status).toBe(200);
    hub.storage.failure = new Error("disk on fire");
    expect((await hub.ask("GET", "/healthz")).status).toBe(503);
  });

  test("requests under way end before a registry that is told to stop", async () => {
    const hub = await registryForTest();
    const begun = await hub.ask("POST", "/v2/a/blobs/uploads/");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const upload = hub.ask("PATCH", begun.headers.get("location") ?? "", readable);
    await writer.write(Buffer.from("0123"));
    await until("the upload has begun", () =>
      [...hub.storage.open.values()].some(({ value }) => value.length > 0),
    );
    const closed = hub.registry.close(10_000);
    await writer.write(Buffer.from("4567"));
    await writer.close();
    expect((await upload).headers.get("range")).toBe("0-7");
    await closed;
    expect(fetch(hub.registry.url)).rejects.toThrow();
  });
});

/** Everything the server says to these bytes until it closes, or a second after its first words. */
function rawRequest(address: string, text: string): Promise<string> {
  const [host, port] = address.split(":");
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const socket = connect(Number(port), host, () => socket.write(Buffer.from(text, "latin1")));
  socket.on("data", (bytes) => {
    answer += bytes.toString("latin1");
    if (/\r\n\r\n/.test(answer)) setTimeout(() => socket.destroy(), 20);
  });
  socket.on("error", () => {});
  socket.on("close", () => resolve(answer));
  return promise;
}
