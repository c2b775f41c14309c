import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeEngine, jsonLinesAnswer } from "../fakes/fake-engine.ts";
import { runDocker } from "../setup/docker-cli.ts";
import { runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-transfers-"));
const engine = new FakeEngine(join(directory, "engine.sock"));
const env = { DOCKER_HOST: engine.host, DOCKER_CONFIG: directory };

beforeAll(async () => {
  const auths = {
    "https://index.docker.io/v1/": { auth: btoa("hub:a:b") },
    "reg.example:5000": { auth: btoa("me:pass?>~") },
    "tokens.example": { auth: btoa("<token>:"), identitytoken: "id-token" },
    "https://old.example/v1/": { auth: btoa("old:pass") },
  };
  await Bun.write(join(directory, "config.json"), JSON.stringify({ auths }));
  await Bun.write(join(directory, "a.tar"), "not looked into");
});
afterAll(() => {
  engine[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

const layer = (id: string, status: string, progressDetail: object = {}) => ({ status, progressDetail, id });
const transfer = [
  { status: "Pulling from library/x", id: "1" },
  layer("aaaaaaaaaaaa", "Pulling fs layer"),
  layer("bbbbbbbbbbbb", "Waiting"),
  layer("aaaaaaaaaaaa", "Downloading", { current: 1234567, total: 2345678 }),
  layer("aaaaaaaaaaaa", "Extracting", { current: 7, units: "s" }),
  layer("bbbbbbbbbbbb", "Download complete", { hidecounts: true }),
  { id: "cccccccccccc", status: "Downloading", progress: "[=>  ] 1kB/2kB" },
  { stream: "a word of its own\n" },
  { status: "from elsewhere", from: "there" },
  { aux: { Tag: "1", Digest: "sha256:0", Size: 1 } },
  { status: "Digest: sha256:1" },
];
const failing = [...transfer, { errorDetail: { message: "it broke" }, error: "it broke" }];
const notes = [
  {
    aux: {
      manifestPushedInsteadOfIndex: true,
      originalIndex: { digest: `sha256:${"1".repeat(64)}` },
      selectedManifest: { digest: `sha256:${"2".repeat(64)}` },
    },
  },
  { aux: { contentMissing: true } },
];
const found = [
  { name: "one", description: `a\nb ${"long ".repeat(20)}`, star_count: 12, is_official: true },
  { name: "two/three", description: "", star_count: 0, is_official: false },
];

/** What both are asked to do, and what the engine answers. */
const calls: [args: string[], answer?: object[] | (() => Response)][] = [
  [["pull", "x:1"], transfer],
  [["pull", "x"], transfer],
  [["pull", "-q", "x"], transfer],
  [["pull", "-a", "reg.example:5000/team/x"], transfer],
  [["pull", "--platform", "Linux/ARM64", "reg.example:5000/x:1"], failing],
  [["pull", `tokens.example/x@sha256:${"a".repeat(64)}`], transfer],
  [["pull", "old.example/x"], transfer],
  [["pull", "unknown.example/x"], transfer],
  [
    ["push", "x"],
    [...transfer, ...notes],
  ],
  [
    ["push", "-q", "reg.example:5000/x:1"],
    [...transfer, ...notes],
  ],
  [["push", "-a", "reg.example:5000/x"], failing],
  [["push", "--platform", "linux/arm/v7", "x:1"], transfer],
  [["load", "-i", "a.tar"], [{ stream: "Loaded image: x:1\n" }]],
  [["load", "-q", "-i", "a.tar", "--platform", "linux/amd64"], failing],
  [["load", "-i", "a.tar"], () => new Response("in words\n", { headers: { "Content-Type": "text/plain" } })],
  [["save", "x:1", "y"], () => new Response("bytes")],
  [["save", "--platform", "linux/amd64", "x:1"], () => new Response("bytes")],
  [["tag", "a", "b"], () => new Response(null, { status: 201 })],
  [["tag", "a/b:c", "reg.example:5000/x:1"], () => new Response(null, { status: 201 })],
  [["rmi", "-f", "--no-prune", "a", "b:c"], () => Response.json([{ Untagged: "a" }, { Deleted: "b" }])],
  [["search", "x"], () => Response.json(found)],
  [
    ["search", "--no-trunc", "--limit", "3", "-f", "stars=3", "reg.example:5000/x"],
    () => Response.json(found),
  ],
  [["search", "--format", "json", "x"], () => Response.json(found)],
  [["search", "--format", "{{.Name}} {{.IsOfficial}} {{.StarCount}}", "x"], () => Response.json(found)],
  [["search", "--filter", "is-automated=true", "x"], () => Response.json([])],
];

const shown = (args: string[]) => args.join(" ").replace(/a{64}/, "…");
describe("the same questions, the same words", () => {
  test.each(calls.map(([args, answer]) => ({ name: shown(args), args, answer })))("$name", async (call) => {
    const { answer } = call;
    engine.answer = () =>
      Array.isArray(answer) ? jsonLinesAnswer(answer) : (answer?.() ?? new Response(""));
    const args = call.args.map((word) => (word === "a.tar" ? join(directory, word) : word));
    const docker = await runDocker(engine.host, directory, args);
    const dockerAsked = engine.asked.splice(0);
    const ours = await runHull(args, { env });
    expect({ ...ours, asked: engine.asked.splice(0).map(plainFlags) }).toEqual({
      ...docker,
      asked: dockerAsked.map(plainFlags),
    });
  });
});

/** `true` and `1` are one, and so are both forms filters may have. */
function plainFlags<T extends { query: string }>(asked: T): T {
  const query = new URLSearchParams(asked.query);
  for (const [name, value] of [...query]) if (value === "true") query.set(name, "1");
  const filters = query.get("filters");
  if (filters !== null) query.set("filters", filters.replace(/\{("[^"]*"):true\}/g, "[$1]"));
  return { ...asked, query: `${query}` };
}

describe("on a terminal", () => {
  const open = (...args: string[]) => new Terminal([...engineCommand(), ...args], env, 24, 120);

  test("bars are drawn, and Ctrl-C ends them with 130", async () => {
    engine.answer = () => jsonLinesAnswer(transfer.slice(0, 4), { end: false });
    await using terminal = open("pull", "x:1");
    await terminal.sees(/aaaaaaaaaaaa: Downloading \[=+> +\] +1\.235MB\/2\.346MB/);
    const left = engine.left;
    await terminal.type("\x03");
    expect(await terminal.ended()).toBe(130);
    await until("the engine hears of it", () => engine.left > left);
    expect(terminal.seen).not.toContain("\x1b[?25l");
    expect(terminal.seen).toMatch(/\n(\^C)?$/);
  });

  test("save refuses it, load does not wait for it", async () => {
    await using save = open("save", "x");
    expect(await save.ended()).toBe(1);
    expect(save.seen).toContain("cowardly refusing to save to a terminal");
    await using load = open("load");
    expect(await load.ended()).toBe(1);
    expect(load.seen).toContain("requested load from stdin, but stdin is empty");
  });
});
