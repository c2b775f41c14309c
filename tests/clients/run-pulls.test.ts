import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeEngine, jsonLinesAnswer } from "../fakes/fake-engine.ts";
import { runDocker } from "../setup/docker-cli.ts";
import { runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-run-pulls-"));
const engine = new FakeEngine(join(directory, "engine.sock"));
const env = { DOCKER_HOST: engine.host, DOCKER_CONFIG: directory };
afterAll(() => {
  engine[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

const transfer = [
  { status: "Pulling from library/x", id: "latest" },
  { status: "Pulling fs layer", progressDetail: {}, id: "aaaaaaaaaaaa" },
  { status: "Downloading", progressDetail: { current: 1234567, total: 2345678 }, id: "aaaaaaaaaaaa" },
  { status: "Pull complete", progressDetail: {}, id: "aaaaaaaaaaaa" },
  { status: "Digest: sha256:1" },
  { status: "Status: Downloaded newer image for x:latest" },
];
/** The docker program looks for exactly this type. */
const headers = { "Content-Type": "application/json" };
const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status, headers });
const missing = () => json({ message: "No such image: x:latest" }, 404);

/** An engine that has the image only after it was pulled; `broken`: it cannot pull it either. */
function engineWithout(broken = false): void {
  let pulled = false;
  engine.answer = (path) => {
    if (path === "/images/create") {
      if (broken) return json({ message: "pull access denied for x" }, 404);
      pulled = true;
      return jsonLinesAnswer(transfer);
    }
    if (path === "/images/json") return json([{ RepoTags: ["xs:latest"], Id: "sha256:1" }]);
    if (path !== "/containers/create") return json({ message: "page not found" }, 404);
    return pulled ? json({ Id: "f".repeat(64), Warnings: ["think twice"] }, 201) : missing();
  };
}

beforeEach(() => engineWithout());

describe("an image that is not there is pulled", () => {
  const lines: string[][] = [
    ["create", "x"],
    ["create", "-q", "x"],
    ["create", "--pull", "always", "x"],
    ["create", "--pull", "never", "x"],
    ["create", "--platform", "linux/arm64", "x:1"],
  ];
  test.each(lines.map((args) => [args] as const))("%j: the same calls, the same words", async (args) => {
    const both = [];
    for (const run of [() => runHull(args, { env }), () => runDocker(engine.host, directory, args)]) {
      engineWithout();
      engine.asked.length = 0;
      const { code, out, err } = await run();
      const asked = engine.asked.map(({ method, path, query, auth }) => ({ method, path, query, auth }));
      // Hull looks at the names there are once more, for its hint.
      both.push({
        code,
        out,
        err: err.replace(/^Did you mean .*\n/m, ""),
        asked: asked.filter(({ path }) => path !== "/images/json"),
      });
    }
    expect(both[0]).toEqual(both[1]);
  });

  test("what cannot be pulled either: docker's words, and the name that was meant", async () => {
    engineWithout(true);
    const { code, err } = await runHull(["run", "x"], { env });
    expect(code).toBe(125);
    expect(err).toBe(
      "Unable to find image 'x:latest' locally\n" +
        "hull: Error response from daemon: pull access denied for x\n" +
        "Did you mean 'xs'?\n\n" +
        "Run 'hull run --help' for more information\n",
    );
  });

  test("bars are on standard error where that is a terminal; standard output has the id alone", async () => {
    const file = join(directory, "out");
    await using terminal = new Terminal(
      ["sh", "-c", '"$@" >"$0"', file, ...engineCommand(), "create", "x"],
      env,
      24,
      80,
    );
    expect(await terminal.ended()).toBe(0);
    expect(terminal.seen).toContain("Unable to find image 'x:latest' locally");
    expect(terminal.seen).toContain("aaaaaaaaaaaa: Pull complete");
    expect(terminal.seen).toContain("\x1b[");
    expect(await Bun.file(file).text()).toBe(`${"f".repeat(64)}\n`);
  });
});
