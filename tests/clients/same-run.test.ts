import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { findDocker } from "../setup/docker-cli.ts";
import { runHull } from "../setup/hull-cli.ts";
import { engineCommand } from "../setup/test-engine.ts";

const engine = clientEngine();
let environment: Record<string, string> = {};

/** `hull X` and `docker X` against the same engine: what they print, on which stream, and their exit codes. */
beforeAll(async () => {
  environment = { ...engine.environment, FROM_CLIENT: "yes" };
  await engine.sleeper("up");
  const chatter = "echo out; echo err >&2; echo more; exit 3";
  await engine.docker("run", "--name", engine.name("done"), "busybox", "sh", "-c", chatter);
  await engine.docker("run", "-t", "--name", engine.name("tty"), "busybox", "echo", "in a terminal");
  await engine.ok("create", "--name", engine.name("made"), "busybox", "true");
  await engine.ok("run", "-d", "--init", "--name", engine.name("paused"), "busybox", "sleep", "1000");
  await engine.ok("pause", engine.name("paused"));
  writeFileSync(join(engine.directory, "variables"), "A=file\nFROM_CLIENT\n");
  mkdirSync(join(engine.directory, "tree/sub"), { recursive: true });
  writeFileSync(join(engine.directory, "tree/sub/file"), "content\n");
});

type Case = readonly [line: readonly string[], stdin?: string | undefined];
const line = (text: string, stdin?: string): Case => [text.split(" "), stdin];
const shell = (before: string, script: string, stdin?: string): Case => [
  [...before.split(" "), "sh", "-c", script],
  stdin,
];

const cases: readonly Case[] = [
  line("run --rm busybox echo hi"),
  shell("run --rm busybox", "echo out; echo err >&2; exit 7"),
  shell("run --rm -i busybox", "cat; echo end >&2", "some\nlines"),
  line("run --rm -i -a stdin -a stdout busybox cat", "attached"),
  shell("run --rm -a stderr busybox", "echo out; echo err >&2"),
  line("run --rm -t busybox echo terminal"),
  line("run --rm busybox cat", "not read"),
  line("run --rm busybox no-such-program"),
  line("run --rm busybox /etc"),
  line("run --rm -w /etc busybox pwd"),
  line("run --rm -e A=1 -e FROM_CLIENT -e HOSTNAME=h --env-file DIRECTORY/variables busybox env"),
  line("run --rm -u 1:2 busybox id"),
  line("run --rm --entrypoint echo busybox -it --rm"),
  line("run --rm --network none busybox hostname -i"),
  line("run --rm -h named busybox hostname"),
  line("run --pull never no-such-image"),
  line("run --pull sometimes busybox"),
  line("run -it busybox true"),
  line("run -d -a stdout busybox"),
  line("run --rm --restart always busybox"),
  line("run --publish-everything busybox"),
  line("run -d --name UP busybox"),
  line("run --network no-such-network --rm busybox true"),
  line("run --rm --volumes-from nobody busybox true"),
  line("run"),
  line("run --cidfile DIRECTORY/variables busybox"),
  line("create --pull never no-such-image"),
  line("create BUSYBOX"),
  line("start nobody UP nobody-else"),
  line("start -a nobody"),
  line("start -a MADE nobody"),
  line("start -a DONE"),
  line("start -ai MADE"),
  line("attach nobody"),
  line("attach DONE"),
  line("attach PAUSED"),
  line("exec UP echo hi"),
  shell("exec UP", "echo out; echo err >&2; exit 4"),
  line("exec -i UP cat", "typed"),
  line("exec -t UP echo hi"),
  line("exec -it UP true"),
  line("exec -it nobody true"),
  line("exec -w /etc -u 1:2 -e A=1 -e FROM_CLIENT --env-file DIRECTORY/variables UP env"),
  line("exec -d UP true"),
  line("exec UP no-such-program"),
  line("exec UP /etc"),
  line("exec -w /nowhere UP true"),
  line("exec nobody true"),
  line("exec DONE true"),
  line("exec PAUSED true"),
  line("exec --env-file /nowhere UP true"),
  line("wait DONE MADE"),
  line("wait nobody DONE"),
  line("logs DONE"),
  line("logs -n 1 DONE"),
  line("logs --tail 2 -t DONE"),
  line("logs --details DONE"),
  line("logs -f DONE"),
  line("logs TTY"),
  line("logs --since 1h --until 1ms DONE"),
  line("logs --since 2000-01-01T00:00:00Z DONE"),
  line("logs --since 10h --until 5h DONE"),
  line("logs --since nonsense DONE"),
  line("logs nobody"),
  line("export nobody"),
  line("export -o /nowhere/x DONE"),
  line("cp nobody:/x DIRECTORY"),
  line("cp UP:/no/such DIRECTORY"),
  line("cp a b"),
  line("cp UP:/a UP:/b"),
  line("cp DIRECTORY/not-there UP:/"),
  line("cp DIRECTORY/tree UP:/tmp"),
  line("cp DIRECTORY/tree UP:/etc/passwd"),
  line("cp UP:/etc DIRECTORY/variables"),
  line("cp UP:/etc/passwd /nowhere/x"),
  line("cp UP:/etc/passwd DIRECTORY/nothing/"),
  line("cp -q=false DIRECTORY/tree/. UP:/tmp/other"),
  line("cp -q=false UP:/tmp/other DIRECTORY/back"),
  line("cp UP:"),
  line("cp - UP:/nowhere", ""),
];

const filled = (words: readonly string[]) =>
  words.map((word) => {
    const [, name, rest = ""] = /^(UP|DONE|MADE|TTY|PAUSED)(:.*)?$/.exec(word) ?? [];
    return name ? engine.name(name.toLowerCase()) + rest : word.replace("DIRECTORY", engine.directory);
  });

/** Ids are other ones each time; the word `docker` is the program's name. */
const plain = (text: string) =>
  text
    .replaceAll("docker", "hull")
    .replace(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g, "ID")
    .replace(/^time=.*level=error msg="Can't (add file|close tar).*\n/gm, "")
    .replace(/^See 'hull/gm, "Run 'hull")
    // What only Hull says, under Docker's own words.
    .replace(/^Did you mean .*\n/gm, "");

describe("hull does and says what docker does and says", () => {
  test.each(cases.map(([words, stdin]) => [words.join(" "), words, stdin] as const))(
    "%s",
    async (_, words, stdin) => {
      const args = filled(words);
      const options = { env: environment, ...(stdin !== undefined && { stdin }) };
      const byHull = () => runHull(args, options);
      const byDocker = () => engine.dockerWith(options, ...args);
      // Containers that are started, and files that are written, are the same for both.
      const oneByOne = ["start", "cp"].includes(args[0] ?? "");
      const [hull, docker] = oneByOne
        ? [await byHull(), await byDocker()]
        : await Promise.all([byHull(), byDocker()]);
      expect({ code: hull.code, out: plain(hull.out), err: plain(hull.err) }).toEqual({
        code: docker.code,
        out: plain(docker.out),
        err: plain(docker.err),
      });
    },
  );

  test("the names that were probably meant", async () => {
    const say = async (...args: string[]) => (await runHull(args, { env: environment })).err;
    const wrong = `${engine.name("up")}p`;
    expect(await say("exec", wrong, "true")).toContain(`Did you mean '${engine.name("up")}'?\n`);
    expect(await say("logs", wrong)).toStartWith(`Error response from daemon: No such container: ${wrong}\n`);
    expect(await say("start", wrong)).toContain("Did you mean");
    for (const verb of ["stop", "rm", "inspect"]) {
      expect(await say(verb, wrong)).toEndWith(`: ${wrong}\nDid you mean '${engine.name("up")}'?\n`);
    }
    expect(await say("rmi", "busybux")).toEndWith("\nDid you mean 'busybox'?\n");
    expect(await say("network", "inspect", "brigde")).toContain("Did you mean 'bridge'?\n");
    expect(await say("run", "--pull", "never", "busybux")).toContain("Did you mean 'busybox'?\n");
  });

  test("--cidfile holds the id while there is a container, and is not left behind without one", async () => {
    const file = join(engine.directory, "cid");
    const { out, code } = await runHull(["create", "--cidfile", file, "busybox"], { env: environment });
    expect(code).toBe(0);
    expect(await Bun.file(file).text()).toBe(out.trim());
    await engine.remove(out.trim());
    const other = join(engine.directory, "cid2");
    await runHull(["create", "--cidfile", other, "--pull", "never", "no-such-image"], { env: environment });
    expect(await Bun.file(other).exists()).toBeFalse();
  });

  test("signals go to the process inside, and its code comes back", async () => {
    const script = "trap 'echo caught; exit 9' USR1; echo ready; while :; do sleep 0.1; done";
    const codes = await Promise.all(
      [engineCommand(), [findDocker() ?? "docker"]].map(async (program) => {
        const child = Bun.spawn([...program, "run", "--rm", "busybox", "sh", "-c", script], {
          stdin: "ignore",
          stdout: "pipe",
          stderr: "inherit",
          env: { ...process.env, ...environment },
        });
        const reader = child.stdout.getReader();
        await reader.read();
        child.kill("SIGUSR1");
        return child.exited;
      }),
    );
    expect(codes).toEqual([9, 9]);
  });

  test("an export is the same archive, on standard output and in a file", async () => {
    const file = join(engine.directory, "export.tar");
    await runHull(["export", "-o", file, engine.name("done")], { env: environment });
    const names = async (path: string) =>
      (await Bun.spawn(["tar", "tf", path], { stdout: "pipe" }).stdout.text()).split("\n").sort();
    const docker = join(engine.directory, "export2.tar");
    await engine.ok("export", "-o", docker, engine.name("done"));
    expect(await names(file)).toEqual(await names(docker));
  });
});
