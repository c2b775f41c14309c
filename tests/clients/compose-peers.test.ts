import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import {
  type ComposeProgram,
  type ComposeProject,
  compose,
  composeOk,
  composeOne,
  composeTwo,
  hullCompose,
} from "../setup/compose-peers.ts";
import { makeNetworkNamespace, ReferenceEngine } from "../setup/reference-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
// A peer in Python needs seconds for each call where the machine is busy.
setDefaultTimeout(240_000);

interface Place {
  readonly host: string;
  ok(...args: string[]): Promise<string>;
}

/** Ends at once when it is told to. */
const patient = `["sh", "-c", "trap 'exit 0' TERM; echo $$0 began; sleep 1000 & wait"]`;

const file = `
services:
  web:
    image: busybox
    command: ["httpd", "-f", "-p", "80", "-h", "/www"]
    stop_signal: SIGKILL
    ports: ["80"]
    volumes: ["./www:/www:ro"]
    depends_on:
      db: {condition: service_healthy}
    networks: [front, back]
  db:
    image: busybox
    command: ["sh", "-c", "trap 'exit 0' TERM; echo ready; touch /data/ok; sleep 1000 & wait"]
    healthcheck: {test: ["CMD", "test", "-f", "/data/ok"], interval: 1s}
    environment: {MODE: "\${MODE:-usual}"}
    volumes: ["data:/data"]
    networks: {back: {aliases: [database]}}
networks: {front: {}, back: {}}
volumes: {data: {}}
`;

/** The same two services with much of what a hash is made of. */
const richFile = `${file.replace("    networks: [front, back]\n  db:", richly())}secrets: {word: {file: ./word}}
configs: {motd: {content: "it costs $$1"}}
`;

function richly(): string {
  return `    networks: {front: {aliases: [site]}, back: }
    hostname: host
    working_dir: /tmp
    env_file: [app.env]
    labels: {a: b, n: "2"}
    annotations: {c: d}
    tmpfs: ["/t:size=1m"]
    shm_size: 8m
    cap_drop: [MKNOD]
    ulimits: {nofile: {soft: 1000, hard: 2000}, nproc: 500}
    logging: {driver: json-file, options: {max-size: 1m}}
    extra_hosts: ["a:10.0.0.1"]
    expose: ["9000"]
    secrets: [word, {source: word, target: other, mode: 0400}]
    configs: [{source: motd, target: /etc/motd}]
    post_start: [{command: ["true"]}]
  db:`;
}

let counter = 0;

/** A project in a directory of its own, named so that it is found again. */
function project(place: Place, text: string, name = `${engine.id}-p${counter++}`): ComposeProject {
  const directory = join(engine.directory, name);
  mkdirSync(join(directory, "www"), { recursive: true });
  writeFileSync(join(directory, "www/index.html"), "hello\n");
  writeFileSync(join(directory, "app.env"), "NAME=value\n");
  writeFileSync(join(directory, "word"), "secret\n");
  writeFileSync(join(directory, "compose.yaml"), text);
  return {
    directory,
    host: place.host,
    configDirectory: engine.directory,
    flags: ["-p", name, "-f", "compose.yaml"],
  };
}

function nameOf({ flags }: ComposeProject): string {
  return flags[1] ?? "";
}

const label = (one: ComposeProject) => `label=com.docker.compose.project=${nameOf(one)}`;

/** Ids by service and number: what `up` leaves alone keeps its id. */
async function containers(place: Place, one: ComposeProject): Promise<Record<string, string>> {
  const format =
    '{{.Label "com.docker.compose.service"}} {{.Label "com.docker.compose.container-number"}}={{.ID}}';
  const lines = await place.ok("ps", "-a", "--no-trunc", "--filter", label(one), "--format", format);
  return Object.fromEntries(
    lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split("=") as [string, string])
      .sort(),
  );
}

async function leftovers(place: Place, one: ComposeProject): Promise<readonly string[]> {
  const lists = await Promise.all([
    place.ok("ps", "-aq", "--filter", label(one)),
    place.ok("network", "ls", "-q", "--filter", label(one)),
    place.ok("volume", "ls", "-q", "--filter", label(one)),
  ]);
  return lists.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}

/** Whatever a failed test left there. */
async function cleanUp(place: Place, one: ComposeProject): Promise<void> {
  if ((await leftovers(place, one)).length > 0)
    await compose(hullCompose, one, "down", "-v", "-t", "1", "--remove-orphans");
}

/** The commands people live by, in one life of a project. */
async function live(place: Place, one: ComposeProject, program = hullCompose): Promise<void> {
  const run = (...args: string[]) => composeOk(program, one, ...args);
  await run("up", "-d");
  const first = await containers(place, one);
  expect(Object.keys(first)).toEqual(["db 1", "web 1"]);
  expect(await run("exec", "-T", "web", "wget", "-qO-", "http://127.0.0.1/")).toBe("hello");
  expect(await run("exec", "-T", "web", "ping", "-c1", "-W5", "database")).toContain("1 packets received");
  expect(await run("logs", "--no-log-prefix", "db")).toBe("ready");
  expect(await run("run", "--rm", "-T", "--no-deps", "db", "echo", "once")).toBe("once");
  expect(await run("port", "web", "80")).toMatch(/:\d+$/);
  const rows = (await run("ps", "--format", "json"))
    .split("\n")
    .map((line) => JSON.parse(line) as { Service: string });
  expect(rows.map(({ Service }) => Service).sort()).toEqual(["db", "web"]);
  expect(await run("top", "web")).toContain("httpd");
  expect(await run("images", "-q")).toMatch(/^[0-9a-f]{12}/);

  // Nothing has changed: nothing is made anew.
  await run("up", "-d");
  expect(await containers(place, one)).toEqual(first);

  // One service has: it alone is, and what waits for it is not.
  const changed = await Bun.file(join(one.directory, "compose.yaml")).text();
  writeFileSync(join(one.directory, "compose.yaml"), changed.replace("usual", "other"));
  await run("up", "-d");
  const second = await containers(place, one);
  expect(second["web 1"]).toBe(first["web 1"] ?? "");
  expect(second["db 1"]).not.toBe(first["db 1"] ?? "");
  expect(await run("exec", "-T", "db", "sh", "-c", "echo $MODE; ls /data")).toBe("other\nok");

  await run("up", "-d", "--scale", "web=3");
  const third = await containers(place, one);
  expect(Object.keys(third)).toEqual(["db 1", "web 1", "web 2", "web 3"]);
  expect(third["web 1"]).toBe(second["web 1"] ?? "");
  await run("scale", "web=1");
  expect(Object.keys(await containers(place, one))).toEqual(["db 1", "web 1"]);

  await run("restart", "db");
  await run("pause", "db");
  await run("unpause", "db");
  await run("cp", "www/index.html", "web:/tmp/copied");
  expect(await run("exec", "-T", "web", "cat", "/tmp/copied")).toBe("hello");
  await run("stop");
  expect(await run("ps", "-q")).toBe("");
  await run("start");
  await run("kill", "web");
  await run("rm", "-f", "-s", "web");
  expect(Object.keys(await containers(place, one))).toEqual(["db 1"]);
  expect(await run("ls", "-q", "--filter", `name=${nameOf(one)}`)).toBe(nameOf(one));
  await run("down", "-v");
  expect(await leftovers(place, one)).toEqual([]);
}

describe("hull compose", () => {
  test("lives a project's life on this engine", async () => {
    const one = project(engine, file);
    try {
      await live(engine, one);
    } finally {
      await cleanUp(engine, one);
    }
  });
});

const dockerd = onReference ? undefined : Bun.which("dockerd");
const whyNoDockerd = onReference ? "the test above runs there" : "dockerd is not installed";

describe.skipIf(!dockerd)(
  dockerd ? "hull compose on a real Docker engine" : `hull compose on dockerd [${whyNoDockerd}]`,
  () => {
    const undo = new AsyncDisposableStack();
    let docker: ReferenceEngine;

    beforeAll(async () => {
      const { wrapper, remove } = makeNetworkNamespace(`hull-compose-${process.pid}`);
      docker = undo.use(new ReferenceEngine(dockerd ?? "", wrapper, remove));
      await docker.start();
      await docker.loadBusybox();
    }, 90_000);
    afterAll(() => undo.disposeAsync());

    test("lives a project's life there", async () => {
      await live(docker, project(docker, file));
    });

    test("replicas that share a port are refused in Docker's words, not half made", async () => {
      const one = project(
        docker,
        `services: {web: {image: busybox, command: ${patient}, ports: ["18080:80"], deploy: {replicas: 2}}}`,
      );
      const { code, err } = await compose(hullCompose, one, "up", "-d");
      expect(code).not.toBe(0);
      expect(err).toMatch(/port is already allocated|address already in use/);
      await composeOk(hullCompose, one, "down", "-v");
      expect(await leftovers(docker, one)).toEqual([]);
    });
  },
);

/** Either makes a project, and the other finds it as its own. */
function takeOver(make: ComposeProgram, take: ComposeProgram): void {
  test(`${take.name} takes over what ${make.name} made, and makes nothing anew`, async () => {
    const one = project(engine, richFile);
    try {
      await composeOk(make, one, "up", "-d");
      const made = await containers(engine, one);
      expect(Object.keys(made)).toEqual(["db 1", "web 1"]);
      const { err } = await compose(take, one, "up", "-d");
      expect(await composeOk(take, one, "exec", "-T", "web", "cat", "/run/secrets/word", "/etc/motd")).toBe(
        "secret\nit costs $1",
      );
      expect(await containers(engine, one)).toEqual(made);
      expect(err).not.toMatch(/Recreat|Creat/);
      expect(await composeOk(take, one, "config", "--hash", "*")).toBe(
        await composeOk(make, one, "config", "--hash", "*"),
      );

      await composeOk(take, one, "up", "-d", "--scale", "web=3");
      const more = await containers(engine, one);
      expect(Object.keys(more)).toEqual(["db 1", "web 1", "web 2", "web 3"]);
      expect(more["web 1"]).toBe(made["web 1"] ?? "");
      const seen = (await composeOk(make, one, "ps", "-q")).split("\n").sort();
      expect(seen).toEqual(Object.values(more).sort());
      await composeOk(make, one, "up", "-d", "--scale", "web=2");
      const fewer = await containers(engine, one);
      expect(Object.entries(fewer).every(([key, id]) => more[key] === id)).toBe(true);
      expect(Object.keys(fewer)).toHaveLength(3);
      await composeOk(take, one, "down", "-v");
      expect(await leftovers(engine, one)).toEqual([]);
    } finally {
      await cleanUp(engine, one);
    }
  });
}

const two = onReference ? undefined : composeTwo();
const whyNotTwo = onReference ? "it is the engine that is tested" : "Docker Compose 2 is not installed";

describe.skipIf(!two)(two ? "Docker Compose 2 and hull compose" : `Docker Compose 2 [${whyNotTwo}]`, () => {
  const program = two ?? hullCompose;

  test("Docker Compose 2 lives a project's life on this engine", async () => {
    const one = project(engine, file);
    try {
      await live(engine, one, program);
    } finally {
      await cleanUp(engine, one);
    }
  });

  takeOver(program, hullCompose);
  takeOver(hullCompose, program);
});

const old = onReference ? undefined : composeOne();
const whyNotOld = onReference ? "it is the engine that is tested" : "docker-compose 1 is not installed";

const oldFile = `
version: "2.4"
services:
  web:
    image: busybox
    command: ["httpd", "-f", "-p", "80", "-h", "/www"]
    stop_signal: SIGKILL
    ports: ["80"]
    volumes: ["./www:/www:ro"]
    depends_on: {db: {condition: service_healthy}}
    networks: [front, back]
  db:
    image: busybox
    command: ["sh", "-c", "trap 'exit 0' TERM; echo ready; touch /data/ok; sleep 1000 & wait"]
    healthcheck: {test: ["CMD", "test", "-f", "/data/ok"], interval: 1s}
    volumes: ["data:/data"]
    networks: {back: {aliases: [database]}}
networks: {front: {}, back: {}}
volumes: {data: {}}
`;

describe.skipIf(!old)(old ? "docker-compose 1" : `docker-compose 1 [${whyNotOld}]`, () => {
  const program = old ?? hullCompose;

  test("lives a project's life on this engine", async () => {
    const one = project(engine, oldFile);
    const run = (...args: string[]) => composeOk(program, one, ...args);
    try {
      await run("up", "-d");
      const made = await containers(engine, one);
      expect(Object.keys(made)).toEqual(["db 1", "web 1"]);
      expect(await run("ps", "-q")).toContain(made["web 1"] ?? "nothing");
      expect(await run("logs", "--no-color", "db")).toMatch(/\| ready$/);
      expect(await run("exec", "-T", "web", "wget", "-qO-", "http://127.0.0.1/")).toBe("hello");
      expect(await run("exec", "-T", "web", "ping", "-c1", "-W5", "database")).toContain(
        "1 packets received",
      );
      expect(await run("run", "--rm", "-T", "--no-deps", "db", "echo", "once")).toBe("once");
      expect(await run("port", "web", "80")).toMatch(/:\d+$/);
      await run("up", "-d");
      expect(await containers(engine, one)).toEqual(made);
      await run("up", "-d", "--scale", "web=2");
      expect(Object.keys(await containers(engine, one))).toEqual(["db 1", "web 1", "web 2"]);
      await run("restart", "-t", "1", "web");
      await run("pause", "db");
      await run("unpause", "db");
      await run("up", "-d", "-t", "1", "--force-recreate", "web");
      await run("down", "-v", "-t", "1");
      expect(await leftovers(engine, one)).toEqual([]);
    } finally {
      await cleanUp(engine, one);
    }
  });

  test("what it made is found, used and taken down by hull compose", async () => {
    const one = project(engine, oldFile);
    try {
      await composeOk(program, one, "up", "-d");
      const made = await containers(engine, one);
      expect((await composeOk(hullCompose, one, "ps", "-q")).split("\n").sort()).toEqual(
        Object.values(made).sort(),
      );
      expect(
        await composeOk(hullCompose, one, "exec", "-T", "web", "wget", "-qO-", "http://127.0.0.1/"),
      ).toBe("hello");
      await composeOk(hullCompose, one, "up", "-d");
      await until(
        "both run again",
        async () => (await composeOk(hullCompose, one, "ps", "-q")).split("\n").length === 2,
      );
      expect(await composeOk(hullCompose, one, "exec", "-T", "db", "ls", "/data")).toBe("ok");
      await composeOk(hullCompose, one, "down", "-v");
      expect(await leftovers(engine, one)).toEqual([]);
    } finally {
      await cleanUp(engine, one);
    }
  });
});
