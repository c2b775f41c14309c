import { expect, test } from "bun:test";
import { clientEngine } from "../setup/client-engine.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

// The full-screen commands at a real terminal, and logs of several containers.
const engine = clientEngine();

/** A screen program, and what the terminal is like after it. */
function open(...args: string[]): Terminal {
  const words = [...engineCommand(), ...args].map((word) => `'${word}'`).join(" ");
  const script = `${words}; echo "ended with $?"; stty -a; echo over`;
  return new Terminal(["sh", "-c", script], { DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.directory });
}

/** The shell is at its terminal again, as it was. */
async function restored(terminal: Terminal): Promise<void> {
  await terminal.sees("over");
  const after = terminal.seen.slice(terminal.seen.lastIndexOf("\x1b[?1049l"));
  expect(after).toContain("ended with 0");
  expect(after).toMatch(/[ ;]icanon/);
  expect(after).toMatch(/[ ;]echo[ ;]/);
  expect(terminal.seen).toContain("\x1b[?1049h\x1b[?25l");
  expect(terminal.seen.lastIndexOf("\x1b[?25h")).toBeGreaterThan(terminal.seen.lastIndexOf("\x1b[?25l"));
  await terminal.ended();
}

test("prune asks a person with the sizes", async () => {
  await engine.ok("run", "busybox", "sh", "-c", "head -c 12000 /dev/zero > /x");
  const held = await engine.sleeper("kept");
  await using terminal = open("container", "prune");
  await terminal.sees("[y/N] ");
  expect(terminal.seen).toMatch(
    /^WARNING! This will remove all stopped containers.\r\nThat is \d+ containers? \([\d.]+kB\): [\d.]+kB in all.\r\nAre you sure/,
  );
  await terminal.type("n\r");
  await terminal.sees("over");
  expect(terminal.seen).not.toContain("Total reclaimed");
  expect(await engine.ok("ps", "-q", "-f", `name=${held}`)).not.toBe("");
});

test("top: sorts, filters, shows a log, asks before it stops, ends and restores the terminal", async () => {
  const one = engine.name("one");
  await engine.ok(
    "run",
    "-d",
    "--init",
    "--name",
    one,
    "busybox",
    "sh",
    "-c",
    "echo first words; sleep 3600",
  );
  const two = await engine.sleeper("two");
  await using terminal = open("top");
  await terminal.sees(one);
  await terminal.sees(two);
  await terminal.type("N");
  await terminal.sees("NAME▼");
  await terminal.type(`/${one}`);
  await terminal.sees(`filter: ${one}`);
  await terminal.type("\r");
  await terminal.sees(`“${one.slice(0, 4)}`);
  await terminal.type("l");
  await terminal.sees("first words");
  await terminal.type("q");
  await terminal.type("s");
  await terminal.sees(`stop ${one}? y yes`);
  await terminal.type("n");
  await terminal.type("s");
  await terminal.type("y");
  await terminal.sees(`stopped ${one}`);
  expect((await engine.state(one)).Status).toBe("exited");
  expect((await engine.state(two)).Status).toBe("running");
  await terminal.resize(30, 170);
  await terminal.sees("PORTS");
  await terminal.type("q");
  await restored(terminal);
});

test("top: a shell in a container and back, without losing a key", async () => {
  const name = await engine.sleeper("shell");
  await using terminal = open("top");
  await terminal.sees(name);
  await terminal.type(`/${name}\rx`);
  await terminal.sees(`A shell in ${name}`);
  await terminal.sees("# ");
  await terminal.type("echo in $((40 + 2))\r");
  await terminal.sees("in 42");
  await terminal.type("exit\r");
  await until("the list is back", () => terminal.seen.split("\x1b[?1049h").length === 3);
  await terminal.type("q");
  await restored(terminal);
});

test("top ends in good order on Ctrl-C, and needs a terminal", async () => {
  await using terminal = open("top");
  await terminal.sees("quit");
  await terminal.type("\x03");
  await restored(terminal);
  const { code, err } = await runHull(["top"], { env: { DOCKER_HOST: engine.host } });
  expect([code, err]).toEqual([1, "top without a container needs a terminal\n"]);
});

test("dive: layers, tree, search, and back", async () => {
  const container = engine.name("layered");
  await engine.ok(
    "run",
    "--name",
    container,
    "busybox",
    "sh",
    "-c",
    "mkdir /app; echo 1 > /app/found; rm /bin/vi",
  );
  const image = engine.name("image");
  await engine.ok("commit", container, image);
  await using terminal = open("dive", image);
  await terminal.sees("2 layers");
  await terminal.sees("Changes of layer 1");
  await terminal.type("j");
  await terminal.sees("Changes of layer 2");
  await terminal.sees("found");
  await terminal.type("/vi");
  await terminal.sees("“vi”");
  await terminal.type("\x1b");
  // An escape with a letter right behind it would be another key.
  await until(
    "the search is over",
    () => terminal.seen.lastIndexOf("q quit") > terminal.seen.lastIndexOf("search: vi"),
  );
  await terminal.type("f");
  await terminal.sees("All files up to layer 2");
  await terminal.resize(40, 160);
  await terminal.sees("drwxr-xr-x");
  await terminal.type("q");
  await restored(terminal);
});

test("logs of several containers are merged by time, each line with its name", async () => {
  const [one, two] = [engine.name("la"), engine.name("lbb")];
  await engine.ok("create", "--name", one, "busybox", "sh", "-c", "echo one 1; sleep 0.2; echo one 3 >&2");
  await engine.ok(
    "create",
    "--name",
    two,
    "-t",
    "busybox",
    "sh",
    "-c",
    "sleep 0.1; echo two 2; sleep 0.2; echo two 4",
  );
  await Promise.all([engine.ok("start", "-a", one), engine.ok("start", "-a", two)]);
  const hull = (...args: string[]) => runHull(["logs", ...args], { env: { DOCKER_HOST: engine.host } });
  const stamped = (await hull("-t", two, one)).out.trim().split("\n");
  const pattern = new RegExp(`^(${one} |${two}) \\| (\\S+Z) (one [13]|two [24])$`);
  const found = stamped.map((line) => pattern.exec(line));
  const times = found.map((match) => match?.[2]);
  expect(times).toEqual(times.toSorted());
  expect(found.map((match) => match?.[3]).sort()).toEqual(["one 1", "one 3", "two 2", "two 4"]);
  expect((await hull("--tail", "1", one, two)).out).toBe(`${one}  | one 3\n${two} | two 4\n`);
  const missing = await hull(one, "no-such-container");
  expect([missing.code, missing.err]).toEqual([
    1,
    "Error response from daemon: No such container: no-such-container\n",
  ]);
});

test("logs -f of a project: containers that start later join, those that start again go on", async () => {
  const project = engine.name("shop");
  const labels = ["--label", `com.docker.compose.project=${project}`];
  const start = (word: string, script: string) =>
    engine.ok("run", "-d", "--name", `${project}-${word}-1`, ...labels, "busybox", "sh", "-c", script);
  await start("web", 'echo "web speaks"; sleep 3600');
  await using logs = new RunningHull(["logs", "-f", "--project", project], {
    env: { DOCKER_HOST: engine.host },
  });
  await logs.printed(/^web-1 \| web speaks$/m);
  await start("db", 'echo "db speaks"; read x || exit 0');
  await logs.printed(/^db-1 {2}\| db speaks$/m);
  await engine.ok("restart", "-t", "0", `${project}-db-1`);
  await until("it spoke again", () => logs.out.split("db speaks").length === 3);
  expect(logs.out.split("web speaks")).toHaveLength(2);
  expect(await logs.interrupt()).toBe(130);
});
