import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";

/** An engine that knows four names, and how often it was asked. */
let folder: string;
let engine: ReturnType<typeof Bun.serve>;
let environment: Record<string, string>;

const container = (name: string, state: string) => ({
  Id: name.repeat(8),
  Names: [`/${name}`],
  Image: "busybox",
  State: state,
  Status: state === "running" ? "Up 5 minutes" : "Exited (0)",
});
const all = [container("web-one", "running"), container("web-two", "exited")];

const answers: Record<string, (query: URLSearchParams) => unknown> = {
  "/containers/json": (query) => all.filter(({ State }) => query.has("all") || State === "running"),
  "/images/json": () => [{ Id: "sha256:1", RepoTags: ["shop/web:1.2", "shop/db:15"], Size: 5_000_000 }],
  "/networks": () => [{ Name: "shopnet", Driver: "bridge" }],
  "/volumes": () => ({ Volumes: [{ Name: "shopdata", Driver: "local" }] }),
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hull-completion-"));
  engine = Bun.serve({
    unix: join(folder, "engine.sock"),
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/_ping") return new Response("OK", { headers: { "Api-Version": "1.47" } });
      const answer = answers[pathname.replace(/^\/v[\d.]+/, "")];
      return answer
        ? Response.json(answer(searchParams))
        : Response.json({ message: "page not found" }, { status: 404 });
    },
  });
  // Shells complete the word `hull`: one must be in the path.
  mkdirSync(join(folder, "bin"));
  const quoted = engineCommand().map((word) => `'${word}'`);
  writeFileSync(join(folder, "bin/hull"), `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`);
  chmodSync(join(folder, "bin/hull"), 0o755);
  mkdirSync(join(folder, "place/inside"), { recursive: true });
  writeFileSync(join(folder, "place/archive.tar"), "");
  writeFileSync(join(folder, "place/inside/shop.yaml"), "services: { worker: { image: busybox } }\n");
  environment = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    DOCKER_CONFIG: join(folder, "config"),
    DOCKER_HOST: `unix://${join(folder, "engine.sock")}`,
    TERM: "xterm",
    INPUTRC: "/dev/null",
  };
});
afterAll(async () => {
  await engine.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

async function offered(...words: string[]): Promise<string[]> {
  const { out, err, code } = await runHull(["__complete", ...words], { env: environment });
  expect([words, code, err]).toEqual([words, 0, ""]);
  return out.trimEnd().split("\n");
}

describe("hull __complete", () => {
  test("offers commands, flags and what they take", async () => {
    expect(await offered("container", "ren")).toEqual(["rename\tRename a container", ":4"]);
    expect(await offered("network", "inspect", "--verb")).toEqual([
      "--verbose\tVerbose output for diagnostics",
      ":4",
    ]);
    expect(await offered("ps", "-a", "--format", "j")).toEqual(["json", ":4"]);
    expect(await offered("ps", "--format=j")).toEqual(["json", ":4"]);
    expect(await offered("-l", "w")).toEqual(["warn", ":4"]);
    expect(await offered("ps", "-f", "stat")).toEqual(["status=", ":6"]);
    expect(await offered("completion", "")).toHaveLength(4);
    expect(await offered("help", "exit")).toEqual(["exit-codes", ":4"]);
  });

  test("offers what lives on the engine, with what it is, and not twice", async () => {
    expect(await offered("stop", "")).toEqual(["web-one\tbusybox, Up 5 minutes", ":4"]);
    expect(await offered("rm", "web-one", "")).toEqual(["web-two\tbusybox, Exited (0)", ":4"]);
    expect(await offered("image", "rm", "shop/d")).toEqual(["shop/db:15\t5MB", ":4"]);
    expect(await offered("network", "connect", "")).toEqual(["shopnet\tbridge", ":4"]);
    expect(await offered("network", "connect", "shopnet", "web-t")).toEqual([
      "web-two\tbusybox, Exited (0)",
      ":4",
    ]);
    expect(await offered("volume", "inspect", "")).toEqual(["shopdata\tlocal", ":4"]);
    expect(await offered("run", "-it", "--network", "s")).toEqual(["shopnet\tbridge", ":4"]);
    expect(await offered("run", "-it", "shop/w")).toEqual(["shop/web:1.2\t5MB", ":4"]);
  });

  test("leaves files to the shell, and the command inside a container alone", async () => {
    expect(await offered("load", "-i", "")).toEqual([":0"]);
    expect(await offered("run", "shop/web:1.2", "--he")).toEqual([":0"]);
    expect(await offered("ps", "--", "-")).toEqual([":4"]);
  });

  test("says nothing where no engine answers", async () => {
    const env = { ...environment, DOCKER_HOST: "unix:///nonexistent.sock" };
    const { out, err, code } = await runHull(["__complete", "stop", ""], { env });
    expect([code, out, err]).toEqual([0, ":4\n", ""]);
  });
});

const shells = {
  bash: {
    start: ["bash", "--norc", "--noprofile", "-i"],
    load: "PS1='ready> '; source <(hull completion bash)\n",
  },
  zsh: {
    start: ["zsh", "-f", "-i"],
    load: "PS1='ready> '; autoload -Uz compinit; compinit -u -D; source <(hull completion zsh)\n",
  },
  fish: {
    start: ["fish", "--no-config", "-i"],
    load: "function fish_prompt; echo -n 'ready> '; end; hull completion fish | source\n",
  },
} as const;

for (const [name, { start, load }] of Object.entries(shells)) {
  const there = Bun.which(name) !== null;
  describe.skipIf(!there)(
    there ? `in a real ${name}` : `in a real ${name} [it is not on this machine]`,
    () => {
      async function shell(): Promise<Terminal> {
        const terminal = new Terminal([...start], environment, 40, 120);
        const sum = name === "fish" ? "(math 40 + 2)" : "$((40 + 2))";
        await terminal.type(`cd ${folder}/place\n${load}echo loaded-${sum}\n`);
        // Keys typed before a prompt is there are not for the shell's own editor.
        await terminal.sees(/loaded-42[\s\S]*ready> /);
        return terminal;
      }

      test("words are put in", async () => {
        await using terminal = await shell();
        await terminal.type("hull container renam\t\n");
        await terminal.sees(/requires 2 arguments[\s\S]*ready> /);
        for (const [typed, put] of [
          ["hull inspect --type=cont", /--type=\S*container/],
          ["hull stop we", "web-one"],
          ["hull image inspect shop/d", /shop\/db:15/],
          ["hull compose -f inside/shop.yaml exec wor", "worker"],
          ["hull load -i arch", /archive\.tar/],
        ] as const) {
          await terminal.type(`${typed}\t`);
          await terminal.sees(put);
          await terminal.type("\x15");
        }
      }, 60_000);

      test("a second Tab lists what there is, with what it is", async () => {
        await using terminal = await shell();
        await terminal.type("hull rm web-\t\t");
        await terminal.sees("web-two");
        await terminal.sees(/Exited \(0\)/);
        expect(terminal.seen).toContain("web-one");
      }, 60_000);
    },
  );
}
