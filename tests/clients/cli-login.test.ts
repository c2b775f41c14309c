import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDocker } from "../setup/docker-cli.ts";
import { runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";

/**
 * `login` of both programs against one engine that takes the password "good": they must say the
 * same, keep the same, and read what the other has kept.
 */
let folder: string;
let engine: ReturnType<typeof Bun.serve>;
const asked: { path: string; body: unknown; headers: Headers }[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hull-login-"));
  engine = Bun.serve({
    unix: join(folder, "engine.sock"),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/_ping") return new Response("OK", { headers: { "Api-Version": "1.47" } });
      const text = await request.text();
      const body = text === "" ? {} : (JSON.parse(text) as Record<string, string>);
      asked.push({ path: pathname, body, headers: request.headers });
      const known = body.password === "good" || body.identitytoken === "token of tok";
      if (!pathname.endsWith("/auth")) return Response.json([]);
      if (!known) return refused();
      const token = body.username === "tok" ? "token of tok" : "";
      return Response.json({ Status: "Login Succeeded", IdentityToken: token });
    },
  });
  mkdirSync(join(folder, "bin"));
});
afterAll(async () => {
  await engine.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

/** The docker program reads errors only where the type is this very word. */
function refused(): Response {
  const headers = { "Content-Type": "application/json" };
  return new Response(JSON.stringify({ message: "unauthorized: nobody" }), { status: 401, headers });
}

const programs = ["hull", "docker"] as const;
type Program = (typeof programs)[number];
const configOf = (program: Program) => join(folder, program);
const fileOf = (program: Program) => join(configOf(program), "config.json");
const kept = (program: Program) =>
  JSON.parse(readFileSync(fileOf(program), "utf8")) as Record<string, unknown>;

beforeEach(() => {
  asked.length = 0;
});
afterEach(() => {
  for (const name of [...programs, "credentials", "bin"]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  mkdirSync(join(folder, "bin"));
});

/** Keeps one file a server, and says what it was asked. */
function helper(name: string): void {
  const path = join(folder, "bin", `docker-credential-${name}`);
  const store = join(folder, "credentials");
  mkdirSync(store, { recursive: true });
  const script = `#!/bin/sh
input=$(cat)
echo "$1 $input" >> ${store}/calls
server=$input
[ "$1" = store ] && server=$(printf %s "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/')
file=${store}/$(printf %s "$server" | tr / _)
case $1 in
  store) printf %s "$input" > "$file" ;;
  get) cat "$file" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
  erase) rm -f "$file" ;;
esac
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

async function run(program: Program, args: readonly string[], stdin?: string, config = configOf(program)) {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    DOCKER_HOST: `unix://${join(folder, "engine.sock")}`,
    DOCKER_CONFIG: config,
  };
  if (program === "hull") return await runHull(args, { env, ...(stdin !== undefined && { stdin }) });
  const child = startDocker(env.DOCKER_HOST, config, args, { env });
  if (stdin !== undefined) child.stdin.write(stdin);
  await child.stdin.end();
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

async function both(args: readonly string[], stdin?: string) {
  const said = await Promise.all(
    programs.map(async (program) => {
      const { code, out, err } = await run(program, args, stdin);
      const plain = (text: string) =>
        text.replaceAll(configOf(program), "CONFIG").replaceAll("hull", "docker").replace("SRun", "Run");
      return { args, code, out: plain(out), err: plain(err) };
    }),
  );
  const [mine, theirs] = said;
  return { mine, theirs };
}

describe("hull login and logout", () => {
  test("say and keep what the docker program does", async () => {
    const steps: [args: string[], stdin?: string][] = [
      [["login", "-u", "me", "-p", "good", "one.example.com"]],
      [["login", "one.example.com"]],
      [["login", "-u", "me", "--password-stdin", "two.example.com"], "good\n"],
      [["login", "-u", "me", "-p", "bad", "one.example.com"]],
      [["login", "--password-stdin", "two.example.com"], "good"],
      [["login", "-u", "me", "-p", "x", "--password-stdin", "two.example.com"], "good"],
      [["login", "-u", "me", "three.example.com"]],
      [["login", "three.example.com"]],
      [["login"]],
      [["login", "-u", "me", "-p", "good"]],
      [["login", "-u", "", "-p", "x", "three"]],
      [["login", "-u", "me", "-p", "", "three"]],
      [["login", "-u", "tok", "-p", "good", "https://four.example.com/v2/"]],
      [["login", "-u", "me", "-p", "good", "localhost:5000"]],
      [["logout", "one.example.com"]],
      [["logout", "one.example.com"]],
      [["logout"]],
      [["logout", "https://four.example.com/v1/"]],
      [["login", "a", "b"]],
    ];
    for (const [args, stdin] of steps) {
      const { mine, theirs } = await both(args, stdin);
      expect(mine).toEqual(theirs as typeof mine);
      if (existsSync(fileOf("docker"))) {
        expect({ args, kept: readFileSync(fileOf("hull"), "utf8") }).toEqual({
          args,
          kept: readFileSync(fileOf("docker"), "utf8"),
        });
      }
    }
    expect(statSync(fileOf("hull")).mode & 0o777).toBe(0o600);
    expect(statSync(configOf("hull")).mode & 0o777).toBe(0o700);
  }, 60_000);

  test("keep passwords with the programs config.json names, as docker does", async () => {
    for (const name of ["all", "single"]) helper(name);
    const settings = { credsStore: "all", credHelpers: { "single.example.com": "single" } };
    for (const program of programs) {
      mkdirSync(configOf(program));
      writeFileSync(fileOf(program), JSON.stringify(settings));
    }
    for (const server of ["one.example.com", "single.example.com"]) {
      const { mine, theirs } = await both(["login", "-u", "me", "-p", "good", server]);
      expect(mine).toEqual(theirs as typeof mine);
      expect(kept("hull")).toEqual(kept("docker"));
      expect(kept("hull").auths).toHaveProperty([server], {});
    }
    const stored = join(folder, "credentials/one.example.com");
    expect(JSON.parse(readFileSync(stored, "utf8"))).toEqual({
      ServerURL: "one.example.com",
      Username: "me",
      Secret: "good",
    });
    await run("hull", ["login", "-u", "tok", "-p", "good", "one.example.com"]);
    expect(JSON.parse(readFileSync(stored, "utf8"))).toMatchObject({
      Username: "<token>",
      Secret: "token of tok",
    });
    const out = await both(["logout", "one.example.com"]);
    expect(out.mine).toEqual(out.theirs as typeof out.mine);
    expect(existsSync(stored)).toBeFalse();
    expect(kept("hull")).toEqual(kept("docker"));
  }, 60_000);

  test("each reads what the other has kept", async () => {
    for (const [writer, reader] of [
      ["hull", "docker"],
      ["docker", "hull"],
    ] as const) {
      await run(writer, ["login", "-u", "me", "-p", "good", "one.example.com"]);
      asked.length = 0;
      const again = await run(reader, ["login", "one.example.com"], undefined, configOf(writer));
      expect([writer, again.code, again.out]).toEqual([writer, 0, "Login Succeeded\n"]);
      expect(again.err).toContain("[Username: me]");
      expect(asked.at(-1)?.body).toMatchObject({ username: "me", password: "good" });
    }
  });

  test("leave alone what else is in config.json, its mode, and a link to it", async () => {
    mkdirSync(configOf("hull"));
    const elsewhere = join(folder, "elsewhere.json");
    writeFileSync(elsewhere, JSON.stringify({ unknown: { deep: [1] }, psFormat: "x" }), { mode: 0o640 });
    symlinkSync(elsewhere, fileOf("hull"));
    await run("hull", ["login", "-u", "me", "-p", "good", "one.example.com"]);
    expect(JSON.parse(readFileSync(elsewhere, "utf8"))).toMatchObject({
      unknown: { deep: [1] },
      psFormat: "x",
      auths: { "one.example.com": { auth: btoa("me:good") } },
    });
    expect(statSync(elsewhere).mode & 0o777).toBe(0o640);
  });

  test("a helper that is missing is named, and nothing is kept", async () => {
    mkdirSync(configOf("hull"));
    writeFileSync(fileOf("hull"), JSON.stringify({ credsStore: "missing" }));
    const { code, err } = await run("hull", ["login", "-u", "me", "-p", "good", "one.example.com"]);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(
        'Error saving credentials: error storing credentials - err: exec: "docker-credential-missing": executable file not found in $PATH',
      ),
    ]);
    expect(kept("hull")).toEqual({ credsStore: "missing" });
  });

  test("ask for what is missing at a terminal, and show no password", async () => {
    const env = { DOCKER_HOST: `unix://${join(folder, "engine.sock")}`, DOCKER_CONFIG: configOf("hull") };
    await using terminal = new Terminal([...engineCommand(), "login", "one.example.com"], env);
    await terminal.sees("Username: ");
    await terminal.type("me\n");
    await terminal.sees("Password: ");
    await terminal.type("wronx\x15goox\x7fd\r");
    expect(await terminal.ended()).toBe(0);
    expect(terminal.seen).not.toContain("goo");
    expect(terminal.seen).toContain("Login Succeeded");
    expect(asked.at(-1)?.body).toMatchObject({
      username: "me",
      password: "good",
      serveraddress: "one.example.com",
    });
    await using given = new Terminal([...engineCommand(), "login", "one.example.com", "-u", "other"], env);
    await given.sees("Password: ");
    await given.type("\x03");
    expect(await given.ended()).not.toBe(0);
  });

  test("DOCKER_AUTH_CONFIG and headers of the user reach the engine", async () => {
    mkdirSync(configOf("hull"));
    writeFileSync(
      fileOf("hull"),
      JSON.stringify({ HttpHeaders: { "X-Mine": "yes", "User-Agent": "another" } }),
    );
    const env = {
      DOCKER_HOST: `unix://${join(folder, "engine.sock")}`,
      DOCKER_CONFIG: configOf("hull"),
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "one.example.com": { auth: btoa("env:good") } } }),
      DOCKER_CUSTOM_HEADERS: 'X-Env=a,"X-Comma=b,c"',
    };
    expect((await runHull(["login", "one.example.com"], { env })).code).toBe(0);
    const { body, headers } = asked.at(-1) ?? {};
    expect(body).toMatchObject({ username: "env" });
    expect(headers?.get("x-mine")).toBe("yes");
    expect(headers?.get("x-env")).toBe("a");
    expect(headers?.get("x-comma")).toBe("b,c");
    expect(headers?.get("user-agent")).toStartWith("Hull-Client/");
    const bad = await runHull(["ps"], { env: { ...env, DOCKER_CUSTOM_HEADERS: "X=a\nY: b" } });
    expect([bad.code, bad.err]).toEqual([1, 'invalid HTTP header "X" in the configuration of the client\n']);
  });
});
