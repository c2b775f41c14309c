import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandTable } from "../../src/cli/commands/table.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { createCases } from "../fixtures/create-flags/cases.ts";
import { runDocker } from "../setup/docker-cli.ts";
import { RecordingEngine } from "../setup/recording-engine.ts";

setDefaultTimeout(60_000);

/** What a client sends, prints and ends with. */
interface Told {
  readonly code: number;
  readonly err: string;
  readonly out: string;
  readonly requests: unknown[];
}

const before = process.cwd();
let folder = "";
let engines: Record<"hull" | "docker", RecordingEngine>;

beforeAll(() => {
  engines = { hull: new RecordingEngine(), docker: new RecordingEngine() };
  folder = engines.docker.directory;
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  file("variables.env", "A=1\n# c\nFOO\n B=2\nC=x y\n");
  file("labels", "l1=v1\n#x\nl2\n");
  file("profile.json", '{"defaultAction":"SCMP_ACT_ERRNO", "x": [1, 2], "y": " a  b\\" "}');
  file("space.env", "A B=1\n");
  file("nameless.env", "=x\n");
  file("unknown.env", "Q\n");
  file("odd.env", "\ufeffZ=1\n  \n  # c\nX= y \n");
  mkdirSync(join(folder, "folder"));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  engines.hull[Symbol.dispose]();
  engines.docker[Symbol.dispose]();
});

const environment = { FOO: "fromenv" };

async function asked(
  engine: RecordingEngine,
  run: () => Promise<{ code: number; out: string; err: string }>,
): Promise<Told> {
  const from = engine.requests.length;
  const { code, out, err } = await run();
  return {
    code,
    out,
    err: comparable(err),
    requests: engine.requests.slice(from).map((request) => ({
      path: request.path,
      query: request.query,
      body: sorted(JSON.parse(plain(JSON.stringify(request.body ?? null)))),
    })),
  };
}

const byDocker = (args: readonly string[], config = folder) =>
  asked(engines.docker, () =>
    runDocker(engines.docker.host, config, args, { env: environment, cwd: folder }),
  );

/** In this process: a table of this length is through in no time. */
const byHull = (args: readonly string[], config = folder) =>
  asked(engines.hull, async () => {
    let out = "";
    let err = "";
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
    };
    const env = { ...environment, DOCKER_HOST: engines.hull.host, DOCKER_CONFIG: config };
    const code = await runCli(args, commandTable, terminal, {
      env,
      program: "docker",
      startedAs: "docker",
      holderOfPort: async () => undefined,
    });
    return { code, out, err };
  });

/** The docker program takes these out of maps: they come in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (key === "Env" || key === "Binds") && Array.isArray(inner) ? inner.toSorted() : sorted(inner),
    ]),
  );
}

/** Without what differs from call to call, and without the hint that only Hull gives. */
function comparable(err: string): string {
  return plain(err)
    .replace(/^time="[^"]*" level=\w+ msg=".*"\n/gm, "")
    .replace(/^Did you mean .*\n/gm, "");
}

const plain = (text: string) =>
  Object.values(engines).reduce((rest, { directory }) => rest.replaceAll(directory, "DIRECTORY"), text);

test("proxies of config.json", async () => {
  const config = join(folder, "with-proxies");
  mkdirSync(config);
  const proxies = {
    default: {
      httpProxy: "http://p:1",
      httpsProxy: "http://p:2",
      noProxy: "a,b",
      ftpProxy: "f",
      allProxy: "q",
    },
  };
  writeFileSync(join(config, "config.json"), JSON.stringify({ proxies }));
  for (const more of [[], ["-e", "HTTP_PROXY=mine"], ["-e", "no_proxy"]]) {
    const args = ["create", ...more, "x"];
    expect(await byHull(args, config)).toEqual(await byDocker(args, config));
  }
});

describe("create sends what docker create sends", () => {
  test.each(createCases.map((args) => [args] as const))("%j", async (args) => {
    const [docker, hull] = await Promise.all([byDocker(["create", ...args]), byHull(["create", ...args])]);
    expect(hull).toEqual(docker);
  });
});
