import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandTable } from "../commands/table.ts";
import { answerCompletion } from "./answer.ts";

let folder: string;
let engine: ReturnType<typeof Bun.serve>;

const container = (project: string, service: string) => ({
  Id: "a".repeat(64),
  Names: [`/${project}-${service}-1`],
  Labels: { "com.docker.compose.project": project, "com.docker.compose.service": service },
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hull-compose-completion-"));
  mkdirSync(join(folder, "shop"));
  writeFileSync(
    join(folder, "shop/compose.yaml"),
    "services:\n  web: { image: nginx }\n  worker: { image: busybox }\n  seed: { image: busybox, profiles: [setup, all] }\n",
  );
  writeFileSync(join(folder, "broken.yaml"), "services: [\n");
  engine = Bun.serve({
    unix: join(folder, "engine.sock"),
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/_ping") return new Response("OK", { headers: { "Api-Version": "1.47" } });
      const wanted = searchParams.get("filters") ?? "";
      const all = [container("shop", "web"), container("blog", "db"), container("blog", "page")];
      const asked = /compose\.project=(\w+)/.exec(wanted)?.[1];
      return Response.json(
        all.filter(({ Labels }) => asked === undefined || Labels["com.docker.compose.project"] === asked),
      );
    },
  });
});
afterAll(async () => {
  await engine.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

/** What a shell is told for a line whose last word is not finished. */
async function offered(...words: string[]): Promise<string[]> {
  let text = "";
  const out = (more: string) => {
    text += more;
  };
  const terminal = { out, err: () => {} };
  const call = {
    program: "hull",
    env: { DOCKER_HOST: `unix://${join(folder, "engine.sock")}`, DOCKER_CONFIG: folder },
    holderOfPort: () => Promise.resolve(undefined),
  };
  await answerCompletion(words, false, commandTable, terminal, call, () => true);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
}

const file = () => join(folder, "shop/compose.yaml");

describe("completion of compose", () => {
  test("flags of the group stand in front of its commands, with their values", async () => {
    expect(await offered("compose", "--pro")).toEqual([
      "--profile",
      "--progress",
      "--project-directory",
      "--project-name",
    ]);
    expect(await offered("compose", "--progress", "p")).toEqual(["plain"]);
    expect(await offered("compose", "--ansi=n")).toEqual(["never"]);
    expect(await offered("compose", "-f", file(), "--parallel", "2", "po")).toEqual(["port"]);
  });

  test("services are those of the files, of disabled profiles too, and each once", async () => {
    expect(await offered("compose", "-f", file(), "exec", "w")).toEqual(["web", "worker"]);
    expect(await offered("compose", "--file", file(), "pull", "")).toEqual(["web", "worker", "seed"]);
    expect(await offered("compose", "-f", file(), "pull", "web", "w")).toEqual(["worker"]);
  });

  test("every command that takes services completes them", async () => {
    const table = commandTable.compose?.subcommands ?? {};
    const without: string[] = [];
    for (const [word, entry] of Object.entries(table)) {
      const command = await entry.load?.();
      if (!command || !/SERVICE/.test(command.usage) || word === "cp") continue;
      const words = await offered("compose", "-f", file(), word, "we");
      if (!words.includes("web")) without.push(word);
    }
    expect(without).toEqual([]);
  });

  test("without files services are those with containers of the project", async () => {
    // Files are looked for in folders above as well: above a temporary one may be anything.
    const bare = "/dev";
    expect(await offered("compose", "-p", "blog", "--project-directory", bare, "ps", "")).toEqual([
      "db",
      "page",
    ]);
  });

  test("projects are those of the engine, profiles those of the files", async () => {
    expect(await offered("compose", "-p", "")).toEqual(["shop", "blog"].sort());
    expect(await offered("compose", "-f", file(), "--profile", "")).toEqual(["all", "setup"]);
  });

  test("flags of a command behind the group, and their words", async () => {
    expect(await offered("compose", "-f", file(), "ps", "--st")).toEqual(["--status"]);
    expect(await offered("compose", "-f", file(), "ps", "--status", "re")).toEqual([
      "restarting",
      "removing",
    ]);
    expect(await offered("compose", "-f", file(), "pull", "--policy", "")).toEqual(["missing", "always"]);
  });

  test("files with mistakes have no services, and say nothing", async () => {
    expect(await offered("compose", "-f", join(folder, "broken.yaml"), "exec", "")).toEqual([]);
  });
});
