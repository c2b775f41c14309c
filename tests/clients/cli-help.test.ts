import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDocker } from "../setup/docker-cli.ts";
import { parseHelp } from "../setup/docker-grammar.ts";
import { runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";

const docker = findDocker() ?? "docker";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hull-help-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No engine: the docker program hides options an older engine has not got. */
const environment = () => ({
  PATH: process.env.PATH ?? "",
  HOME: folder,
  DOCKER_CONFIG: folder,
  DOCKER_HOST: "unix:///nonexistent.sock",
  DOCKER_HIDE_LEGACY_COMMANDS: undefined,
});

async function said(program: readonly string[], args: readonly string[]) {
  const env = Object.fromEntries(Object.entries(environment()).filter(([, value]) => value !== undefined));
  const child = Bun.spawn([...program, ...args], {
    env: env as Record<string, string>,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, err, code };
}

/** Ours, called what the other is called. */
const ours = async (args: readonly string[]) => {
  const { out, err, code } = await said(engineCommand(), args);
  const named = (text: string) => text.replaceAll("hull", "docker");
  return { out: named(out), err: named(err), code };
};

/** Every command in its groups, as the docker program lists them. */
const commands = [
  ...["attach", "commit", "cp", "diff", "events", "exec", "export", "history", "images", "import"],
  ...["info", "inspect", "kill", "load", "login", "logout", "logs", "pause", "port", "ps", "pull", "push"],
  ...["rename", "restart", "rm", "rmi", "run", "save", "search", "start", "stats", "stop", "tag", "unpause"],
  ...["update", "wait", "container ls", "container inspect", "container prune", "container rm"],
  ...["image ls", "image inspect", "image prune", "image rm", "image history", "image pull", "image save"],
  ...["network connect", "network create", "network disconnect", "network inspect", "network ls"],
  ...["network prune", "network rm", "volume create", "volume inspect", "volume ls", "volume prune"],
  ...["volume rm", "volume update", "system events", "system info", "system prune"],
  ...["context create", "context export", "context import", "context inspect", "context ls", "context rm"],
  ...["context show", "context update", "context use", "container logs", "container exec"],
];

describe("hull CMD --help", () => {
  // One process each: a few at a time.
  const batches = Array.from({ length: Math.ceil(commands.length / 6) }, (_, at) =>
    commands.slice(at * 6, at * 6 + 6),
  );
  test.each(batches.map((batch) => [batch] as const))(
    "is docker's, to the letter, unless ours has more: %p",
    async (batch) => {
      const pairs = await Promise.all(
        batch.map(async (name) => {
          const args = [...name.split(" "), "--help"];
          return { name, theirs: await said([docker], args), mine: await ours(args) };
        }),
      );
      for (const { name, theirs, mine } of pairs) {
        // Whether all commands are there is the business of grammar.test.ts.
        if (mine.err.startsWith("docker: unknown command:")) continue;
        expect([name, mine.code]).toEqual([name, 0]);
        const [their, my] = [parseHelp(theirs.out), parseHelp(mine.out)];
        const more = Object.keys(my.flags ?? {}).filter((flag) => !Object.hasOwn(their.flags ?? {}, flag));
        if (more.length === 0)
          expect(`${name}\n${mine.out.trimEnd()}`).toBe(`${name}\n${theirs.out.trimEnd()}`);
        else
          expect({ name, ...their.flags }).toMatchObject({
            name,
            ...Object.fromEntries(Object.keys(their.flags ?? {}).map((flag) => [flag, my.flags?.[flag]])),
          });
      }
    },
  );

  test("groups list the same commands in the same layout", async () => {
    for (const group of ["container", "image", "network", "volume", "context"]) {
      const [theirs, mine] = [await said([docker], [group, "--help"]), await ours([group])];
      const theirWords = new Set(parseHelp(theirs.out).commands);
      const extra = (parseHelp(mine.out).commands ?? []).filter((word) => !theirWords.has(word));
      const lines = mine.out
        .split("\n")
        .filter((line) => !extra.some((word) => line.startsWith(`  ${word} `)));
      const listed = new Set(parseHelp(mine.out).commands);
      const their = theirs.out
        .split("\n")
        .filter((line) => !/^ {2}\S/.test(line) || listed.has(line.trim().split(" ")[0] ?? ""));
      expect([group, lines.join("\n").trimEnd()]).toEqual([group, their.join("\n").trimEnd()]);
    }
  });

  test("wraps to the window", async () => {
    await using terminal = new Terminal([...engineCommand(), "ps", "--help"], { NO_COLOR: "1" }, 40, 120);
    await using other = new Terminal(
      [docker, "ps", "--help"],
      { DOCKER_HOST: "unix:///nonexistent" },
      40,
      120,
    );
    await Promise.all([terminal.ended(), other.ended()]);
    const mine = terminal.seen.replaceAll("hull", "docker").trimEnd();
    expect(mine).toBe(other.seen.trimEnd());
    expect(mine).toContain("Show the latest created container (includes all states)\r\n");
  });

  test("has colours at a terminal, and none where NO_COLOR is set or nobody looks", async () => {
    await using coloured = new Terminal([...engineCommand(), "--help"], { NO_COLOR: "" });
    await coloured.ended();
    expect(coloured.seen).toContain("\x1b[1mUsage:\x1b[0m");
    await using plain = new Terminal([...engineCommand(), "--help"], { NO_COLOR: "1" });
    await plain.ended();
    expect(plain.seen).not.toContain("\x1b[");
    expect((await runHull(["--help"])).out).not.toContain("\x1b[");
  });
});

describe("mistakes", () => {
  // What stands behind it differs: the usage, and where help is.
  test.each([
    ["ps", "--foo"],
    ["ps", "-Z"],
    ["ps", "-aZ5"],
    ["ps", "-n"],
    ["ps", "-an"],
    ["ps", "-n", "x"],
    ["ps", "-n", "1.5"],
    ["ps", "-n", "99999999999999999999"],
    ["ps", "--no-trunc=maybe"],
    ["ps", "-a="],
    ["ps", "--=x"],
    ["ps", "---x"],
    ["ps", "x"],
    ["ps", "--", "-q"],
    ["ps", "--help=maybe"],
    ["rename", "a"],
    ["port"],
    ["rm"],
    ["search", "a", "b"],
    ["logout", "a", "b"],
    ["container", "list", "x"],
    ["container", "--debug"],
    ["container", "xyzzy"],
    ["xyzzy"],
    ["--foo"],
    ["-H"],
    ["-l", "loud", "ps"],
    ["--tls=x", "ps"],
    ["help", "xyzzy"],
    ["run"],
    ["run", "-e"],
    ["run", "-dZ5", "b"],
    ["run", "--stop-timeout", "09", "b"],
    ["run", "--stop-timeout", "", "b"],
    ["run", "-m", "5q", "b"],
    ["run", "-m", "", "b"],
    ["run", "-m", "1.5.5", "b"],
    ["run", "-m", "-5", "b"],
    ["run", "-m", 'a\u0001é"b', "b"],
    ["run", "--cpus", "x", "b"],
    ["run", "--cpus", "0.0000000001", "b"],
    ["run", "--health-interval", "5", "b"],
    ["run", "--health-interval", "1h5", "b"],
    ["run", "--health-interval", "-5x", "b"],
    ["run", "--blkio-weight", "-1", "b"],
    ["run", "--blkio-weight", "99999", "b"],
    ["run", "--ulimit", "x", "b"],
    ["run", "--détach", "b"],
    ["run", "-é", "b"],
    ["run", "-it=5", "b"],
  ])("%p %p %p %p %p is answered in docker's words, with its code", async (...args) => {
    const words = args.flatMap((word) => (typeof word === "string" ? [word] : []));
    const [theirs, mine] = await Promise.all([said([docker], words), ours(words)]);
    const first = (text: string) => text.split("\n")[0];
    expect([words, mine.code, first(mine.err)]).toEqual([words, theirs.code, first(theirs.err)]);
  });

  test("say what to type next when no engine answers, with docker's code", async () => {
    for (const words of [["ps"], ["run", "busybox"], ["create", "busybox"]]) {
      const [theirs, mine] = await Promise.all([said([docker], words), ours(words)]);
      expect([words, mine.code]).toEqual([words, theirs.code]);
      expect(mine.err).toContain(
        "(no such socket; 'docker engine -H unix:///nonexistent.sock' starts one there)",
      );
    }
  });

  test("list of the commands of swarms only the first, as long as there is none", async () => {
    const { out } = await ours([]);
    expect(out).toContain("\nSwarm Commands:\n  swarm        Manage Swarm\n\n");
    expect(out).not.toMatch(/^ {2}(node|service|secret|stack|config|checkpoint) /m);
    expect((await ours(["service", "--help"])).out).toContain("Usage:  docker service COMMAND");
  });

  test("say what was probably meant", async () => {
    const meant = async (...args: string[]) => /Did you mean (.*)\?/.exec((await runHull(args)).err)?.[1];
    expect(await meant("iamges")).toBe("'hull images'");
    expect(await meant("container", "strat", "x")).toBe("'hull container start'");
    expect(await meant("ps", "--fomat", "x")).toBe("'--format'");
    expect(await meant("df")).toBe("'hull system df'");
    expect(await meant("hlep")).toBe("'hull help'");
    expect(await meant("help", "filtrs")).toBe("'hull help filters'");
    expect(await meant("compose", "verson")).toBe("'hull compose version'");
    expect(await meant("xyzzy")).toBeUndefined();
  });
});

describe("hull help", () => {
  test("lists topics, and shows each in lines that fit", async () => {
    const { out, code } = await runHull(["help"]);
    expect(code).toBe(0);
    const names = [...(out.split("Topics")[1] ?? "").matchAll(/^ {2}(\S+) /gm)].map(([, name = ""]) => name);
    expect(names).toContain("exit-codes");
    for (const name of names) {
      const page = await runHull(["help", name]);
      expect([name, page.code, page.err]).toEqual([name, 0, ""]);
      const long = page.out.split("\n").filter((line) => line.length > 100);
      // Docker's summaries of commands and one example in the list of formats are as long as they are.
      const ours = long.filter((line) => !line.includes("{{") && !/^ {2}[a-z-]+ {2,}[A-Z]/.test(line));
      expect([name, ours]).toEqual([name, []]);
    }
  }, 60_000);

  test("shows a command's page with examples; called docker, examples say docker", async () => {
    const page = await runHull(["help", "run"]);
    expect(page.out).toContain("Usage:  hull run [OPTIONS] IMAGE [COMMAND] [ARG...]");
    expect(page.out).toContain("    hull run -it --rm busybox\n");
    expect(page.out).toContain("hull help exit-codes");
  });

  test("goes through the pager when the screen is too small for it", async () => {
    const env = { PAGER: "sed s/^/PAGED/", NO_COLOR: "1" };
    await using small = new Terminal([...engineCommand(), "help", "ports"], env, 10, 100);
    expect(await small.ended()).toBe(0);
    expect(small.seen).toStartWith("PAGEDports:");
    await using tall = new Terminal([...engineCommand(), "help", "ports"], env, 200, 100);
    await tall.ended();
    expect(tall.seen).toStartWith("ports:");
  });
});

const executable = process.env.HULL_TEST_EXECUTABLE;
test.skipIf(executable === undefined)("a symbolic link called docker answers as docker", async () => {
  const link = join(folder, "docker");
  symlinkSync(executable ?? "", link);
  expect((await said([link], ["-v"])).out).toMatch(/^Docker version /);
  const [theirs, mine] = [await said([docker], ["ps", "--help"]), await said([link], ["ps", "--help"])];
  expect(mine.out.trimEnd()).toBe(theirs.out.trimEnd());
  expect((await said([link], ["rnu"])).err).toStartWith("docker: unknown command: docker rnu\n");
  expect((await said([link], ["help", "run"])).out).toContain("    docker run -it --rm busybox\n");
});
