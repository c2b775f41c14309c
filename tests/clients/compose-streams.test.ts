import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const id = () => engine.name("streams");
const directory = () => join(engine.directory, "streams");
const words = (more: readonly string[]) => [
  "compose",
  "--project-directory",
  directory(),
  "-p",
  id(),
  ...more,
];

const hull = (...more: string[]) => runHull(words(more), { env: engine.environment });
const terminal = (more: readonly string[], rows = 24, columns = 80) =>
  new Terminal([...engineCommand(), ...words(more)], engine.environment, rows, columns);

const lines = `
services:
  web:
    image: busybox
    init: true
    command: sh -c "while read line; do echo got $$line; done"
    stdin_open: true
    tty: true
    environment: { PLACE: file }
    depends_on: { db: { condition: service_healthy } }
    stop_grace_period: 1s
  db:
    image: busybox
    init: true
    command: sleep 3600
    healthcheck: { test: "test -e /ready || (sleep 0.3; touch /ready; false)", interval: 100ms, retries: 50 }
    stop_grace_period: 1s
  echo:
    image: busybox
    profiles: [asked]
    depends_on: [db]
    entrypoint: [cat]
    ports: ["127.0.0.1::80"]
    networks: { default: { aliases: [said] } }
    configs: [{ source: word, target: /word }]
configs:
  word: { content: "from the file" }
`;

beforeAll(async () => {
  mkdirSync(directory());
  writeFileSync(join(directory(), "compose.yaml"), lines);
  writeFileSync(join(directory(), ".env"), "PLACE=dotenv\n");
  const up = await hull("up", "-d", "web");
  if (up.code !== 0) throw new Error(`compose up: ${up.out}${up.err}`);
});
afterAll(async () => {
  await hull("down", "-v", "--remove-orphans");
});

describe("compose exec", () => {
  test("at a terminal there is one inside, of the same size", async () => {
    await using shell = terminal(["exec", "web", "sh"], 31, 97);
    // It may come a moment after the process does.
    await until("the size inside", async () => {
      await shell.type("stty size\n");
      await Bun.sleep(50);
      return shell.seen.includes("31 97");
    });
    await shell.type("exit 0\n");
    expect(await shell.ended()).toBe(0);
  });

  test("what is typed goes in, and the code comes out", async () => {
    await using shell = terminal(["exec", "web", "sh"]);
    await shell.type("echo re''ady; exit 9\n");
    expect(await shell.ended()).toBe(9);
    expect(shell.seen).toContain("ready");
  });

  test("without one standard input is passed on to its end; a name alone has the value of .env", async () => {
    const options = { env: engine.environment, stdin: "one\ntwo\n" };
    const { code, out } = await runHull(
      words(["exec", "-T", "-e", "PLACE", "web", "sh", "-c", "cat; echo $PLACE"]),
      options,
    );
    expect({ code, out }).toEqual({ code: 0, out: "one\ntwo\ndotenv\n" });
  });
});

describe("compose run", () => {
  test("what it depends on comes first, and files of the project are inside", async () => {
    await hull("stop", "db");
    const { code, out, err } = await hull("run", "--rm", "-T", "--entrypoint", "cat", "echo", "/word");
    expect({ code, out }).toEqual({ code: 0, out: "from the file" });
    expect(err).toMatch(/-db-1 {2}Started/);
  });

  test("ctrl-c goes to the program inside, whose code it ends with; its container is gone", async () => {
    const script = "trap 'echo caught; exit 5' INT; echo re''ady; while :; do sleep 0.1; done";
    await using shell = terminal([
      "run",
      "--rm",
      "--name",
      engine.name("one"),
      "--entrypoint",
      "sh",
      "echo",
      "-c",
      script,
    ]);
    await shell.sees("ready");
    await shell.type("\u0003");
    await shell.sees("caught");
    expect(await shell.ended()).toBe(5);
    expect(await engine.ok("ps", "-aq", "--filter", `name=${engine.name("one")}`)).toBe("");
  });

  test("in the background its name is printed; ports and aliases only where they are asked for", async () => {
    const plain = await hull("run", "-d", "-T", "echo", "/dev/zero");
    const asked = await hull("run", "-d", "-T", "-P", "--use-aliases", "-l", "a=b", "echo");
    const containers = [plain, asked].map(({ out }) => out.trim());
    const told = await Promise.all(containers.map((name) => engine.inspect(name)));
    const [first, second] = told;
    const aliases = told.map(({ NetworkSettings: its }) =>
      Object.values(its?.Networks ?? {}).flatMap(({ Aliases: names }) => names ?? []),
    );
    expect(first?.Name).toMatch(new RegExp(`^/${id()}-echo-run-[0-9a-f]{12}$`));
    expect(Object.keys(first?.HostConfig?.PortBindings ?? {})).toEqual([]);
    expect(Object.keys(second?.HostConfig?.PortBindings ?? {})).toEqual(["80/tcp"]);
    expect(aliases.map((names) => names.includes("said"))).toEqual([false, true]);
    expect(second?.Config?.Labels).toMatchObject({
      a: "b",
      "com.docker.compose.oneoff": "True",
      "com.docker.compose.service": "echo",
    });
    expect((await hull("ps", "-a", "-q")).out.trim().split("\n").sort()).toEqual(
      expect.arrayContaining(containers),
    );
    expect((await hull("ps", "-q")).out).not.toContain(containers[0] ?? "");
    await engine.remove(...containers);
  });
});

describe("compose attach, events and stats", () => {
  test("attach joins the first process; the keys for it leave it running", async () => {
    await using shell = terminal(["attach", "--detach-keys", "ctrl-x", "web"]);
    await until("the process answers", async () => {
      await shell.type("hello\n");
      await Bun.sleep(50);
      return shell.seen.includes("got hello");
    });
    await shell.type("\u0018");
    expect(await shell.ended()).toBe(1);
    expect(shell.seen).toContain("read escape sequence");
    expect(await engine.field(`${id()}-web-1`, "{{.State.Running}}")).toBe("true");
  });

  test("events tell what happens to the services that were named, until ctrl-c", async () => {
    await using watching = new RunningHull(words(["events", "--json", "db"]), { env: engine.environment });
    await until("an event is told", async () => {
      await hull("restart", "-t", "0", "db");
      return watching.out.includes('"action":"start"');
    });
    expect(await watching.interrupt()).toBe(130);
    const told = watching.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(told.map(({ service }) => service))).toEqual(new Set(["db"]));
    expect(told.every(({ type }) => type === "container")).toBe(true);
  });

  test("stats are those of the project's containers", async () => {
    const { code, out } = await hull("stats", "--no-stream", "--format", "{{.Name}}");
    expect(code).toBe(0);
    expect(out.trim().split("\n").sort()).toEqual([`${id()}-db-1`, `${id()}-web-1`]);
    const one = await hull("stats", "--no-stream", "--format", "{{.Name}}", "db");
    expect(one.out).toBe(`${id()}-db-1\n`);
  });
});
