import { describe, expect, test } from "bun:test";
import { clientEngine } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";
import { WrittenProject } from "../setup/written-project.ts";

const engine = clientEngine();

/** Sleeps, ends at once when it is asked to, and says so. */
const networked = `image: busybox
    init: true
    command: ["sh", "-c", "trap 'echo bye; exit 0' TERM; echo hello from $$HOSTNAME; while :; do sleep 0.1; done"]`;

/** Most need no network: an engine of a test has few. */
const server = `${networked}
    network_mode: none`;

const project = (word: string, services: string, files: Record<string, string> = {}) =>
  new WrittenProject(engine, word, `services:\n${services}`, files);

/** Lines of plain progress, in a fixed order: containers are dealt with side by side. */
const told = (text: string) => text.trimEnd().split("\n").sort();

describe("up -d and down", () => {
  test.concurrent("say what they do in Docker Compose's words, and leave nothing", async () => {
    await using shop = project(
      "round",
      `  web:\n    ${networked}\n    depends_on: [db]\n  db:\n    ${networked}\n`,
    );
    const { name } = shop;
    const up = await shop.ends(0, "up", "-d");
    expect(up.out).toBe("");
    expect(told(up.err)).toEqual([
      ...["Created", "Creating", "Started", "Starting"].map((word) => ` Container ${name}-db-1  ${word}`),
      ...["Created", "Creating", "Started", "Starting"].map((word) => ` Container ${name}-web-1  ${word}`),
      ...["Created", "Creating"].map((word) => ` Network ${name}_default  ${word}`),
    ]);
    const again = await shop.ends(0, "up", "-d");
    expect(told(again.err)).toEqual([
      ` Container ${name}-db-1  Running`,
      ` Container ${name}-web-1  Running`,
    ]);
    await shop.ends(0, "stop", "-t", "5");
    expect([await shop.state("web"), await shop.state("db")]).toEqual(["exited", "exited"]);
    await shop.ends(0, "start");
    await shop.ends(0, "pause", "web");
    expect(await shop.state("web")).toBe("paused");
    await shop.ends(0, "unpause", "web");
    await shop.ends(0, "kill", "-s", "KILL", "web");
    await engine.untilStatus(shop.container("web"), "exited");
    expect((await shop.ends(0, "rm", "-f", "web")).out).toBe(`Going to remove ${name}-web-1\n`);
    await shop.ends(0, "create", "--scale", "web=2");
    expect([await shop.state("web", 1), await shop.state("web", 2)]).toEqual(["created", "created"]);
    await shop.ends(0, "scale", "web=1");
    await shop.ends(0, "restart", "-t", "1");
    const down = await shop.ends(0, "down", "-t", "1");
    expect(down.err).toContain(` Network ${name}_default  Removed\n`);
    expect(await engine.ok("ps", "-aq", "--filter", `label=com.docker.compose.project=${name}`)).toBe("");
  });

  test.concurrent("what contradicts itself is refused before anything is done", async () => {
    await using shop = project("refused", `  web:\n    ${server}\n`);
    const said = async (...args: string[]) => (await shop.ends(1, ...args)).err.trimEnd();
    expect(await said("up", "-d", "--abort-on-container-exit")).toBe(
      "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch",
    );
    expect(await said("up", "--force-recreate", "--no-recreate")).toBe(
      "--force-recreate and --no-recreate are incompatible",
    );
    expect(await said("up", "nosuch")).toContain("no such service: nosuch");
    expect(await said("up", "--scale", "web")).toBe('invalid --scale option "web". Should be SERVICE=NUM');
    expect(await said("down", "--rmi", "some")).toBe('invalid value for --rmi: "some"');
    expect(await said("logs", "--index", "2")).toBe("--index requires one service to be selected");
    expect(await said("watch")).toContain("none of the selected services is configured for watch");
    expect(await shop.state("web")).toBe("");
  });

  test.concurrent("--wait ends well with what is healthy, and explains what is not", async () => {
    const check = (line: string) =>
      `healthcheck: {test: ["CMD-SHELL", "${line}"], interval: 200ms, retries: 2}`;
    await using good = project("healthy", `  web:\n    ${server}\n    ${check("true")}\n`);
    expect((await good.ends(0, "up", "--wait")).err).toContain("Healthy");
    await using bad = project("unhealthy", `  web:\n    ${server}\n    ${check("echo no answer; exit 1")}\n`);
    const { err } = await bad.ends(1, "up", "-d", "--wait");
    expect(err).toContain("✗ It is unhealthy: its check failed");
    expect(err).toContain("no answer");
    expect(err).toContain("hello from");
    expect(err).toContain("What to type next");
    expect(err).toContain(`container ${bad.container("web")} is unhealthy`);
  });

  test.concurrent("a service that cannot start is explained, with exit code 1", async () => {
    await using shop = project(
      "broken",
      `  web:\n    image: busybox\n    network_mode: none\n    command: [nosuchprogram]\n`,
    );
    const { err } = await shop.ends(1, "up", "-d");
    expect(err).toContain('✗ The program "nosuchprogram" is not in the container.');
    expect(err).toContain("hull inspect --as run");
  });

  test.concurrent("a dry run tells everything and does nothing", async () => {
    await using shop = project("dry", `  web:\n    ${server}\n`);
    const { err } = await shop.ends(0, "up", "-d", "--dry-run");
    expect(err).toContain(` DRY-RUN MODE -  Container ${shop.name}-web-1  Started\n`);
    expect(await shop.state("web")).toBe("");
  });
});

describe("an attached up", () => {
  const job = (code: number) =>
    `image: busybox\n    network_mode: none\n    command: ["sh", "-c", "echo working; exit ${code}"]`;

  test.concurrent("ends when nothing runs any more, after every line", async () => {
    await using shop = project("ends", `  one:\n    ${job(0)}\n  three:\n    ${job(3)}\n`);
    const { out } = await shop.ends(0, "up");
    expect(out.split("\n")[0]).toBe("Attaching to one-1, three-1");
    expect(told(out)).toEqual([
      "Attaching to one-1, three-1",
      "one-1    | working",
      "one-1 exited with code 0",
      "three-1  | working",
      "three-1 exited with code 3",
    ]);
    expect(out.indexOf("three-1  | working")).toBeLessThan(out.indexOf("three-1 exited"));
    // What was said in an earlier life is not said again.
    expect((await shop.ends(0, "up")).out.match(/working/g)).toHaveLength(2);
  });

  test.concurrent("--abort-on-container-exit stops the others and has the code of the first", async () => {
    await using shop = project(
      "aborts",
      `  web:\n    ${server}\n  job:\n    ${job(3)}\n    depends_on: [web]\n`,
    );
    const { out, err } = await shop.ends(3, "up", "--abort-on-container-exit", "-t", "5");
    expect(err).toContain("Aborting on container exit...\n");
    expect(err).toContain(` Container ${shop.name}-web-1  Stopped\n`);
    expect(out).toContain("job-1 exited with code 3\n");
    expect(out).toContain("web-1 exited with code");
    expect(await shop.state("web")).toBe("exited");
    // One that ends before the others have begun: these do not begin any more.
    await using race = project("race", `  web:\n    ${server}\n  job:\n    ${job(3)}\n`);
    await race.ends(3, "up", "--abort-on-container-failure", "-t", "5");
    expect(["created", "exited"]).toContain(await race.state("web"));
  });

  test.concurrent("--exit-code-from is the code of that service, also when another ends first", async () => {
    const last = `image: busybox\n    network_mode: none\n    stop_signal: KILL\n    command: sleep 1000`;
    await using shop = project(
      "code-from",
      `  tests:\n    ${last}\n  job:\n    ${job(3)}\n    depends_on: [tests]\n`,
    );
    await shop.ends(137, "up", "--exit-code-from", "tests");
  });

  test.concurrent("Ctrl-C stops in good order: what is said while stopping is shown", async () => {
    await using shop = project("ctrl-c", `  web:\n    ${server}\n`);
    await using up = shop.start("up", "-t", "10");
    await until("the service runs", () => up.out.includes("hello from"));
    up.process.kill("SIGINT");
    expect(await up.process.exited).toBe(130);
    expect(up.out).toContain("Gracefully Stopping... press Ctrl+C again to force\n");
    expect(up.out).toContain("web-1 exited with code");
    expect(await shop.state("web")).toBe("exited");
  });

  test.concurrent("a second Ctrl-C kills", async () => {
    const stubborn = `image: busybox\n    network_mode: none\n    command: ["sh", "-c", "trap '' TERM; echo hello; while :; do sleep 0.1; done"]`;
    await using shop = project("twice", `  web:\n    ${stubborn}\n    stop_grace_period: 10m\n`);
    await using up = shop.start("up");
    await until("the service runs", () => up.out.includes("hello"));
    up.process.kill("SIGINT");
    await until("it is being stopped", () => up.err.includes("Stopping"));
    up.process.kill("SIGINT");
    expect(await up.process.exited).toBe(130);
    await engine.untilStatus(shop.container("web"), "exited");
  });

  test.concurrent("--no-attach, --attach and attach: false choose whose logs are seen", async () => {
    const services = ["a", "b", "c"].map((name) => `  ${name}:\n    ${job(0)}\n`).join("");
    await using shop = project("chosen", `${services}    attach: false\n`);
    const names = (out: string) => [...new Set(out.match(/^\w(?=-1 +\|)/gm))].sort();
    expect(names((await shop.ends(0, "up")).out)).toEqual(["a", "b"]);
    expect(names((await shop.ends(0, "up", "--no-attach", "a")).out)).toEqual(["b"]);
    expect(names((await shop.ends(0, "up", "--attach", "c")).out)).toEqual(["c"]);
    expect((await shop.ends(0, "up", "--no-log-prefix", "a")).out).toContain("\nworking\n");
  });

  test.concurrent("containers that come later join", async () => {
    await using shop = project("joins", `  web:\n    ${server}\n`);
    await using up = shop.start("up");
    await until("the first is there", () => up.out.includes("web-1  | hello"));
    await shop.ends(0, "up", "-d", "--scale", "web=2");
    await until("the second has joined", () => up.out.includes("web-2  | hello"));
    await shop.ends(0, "down", "-t", "1");
    expect(await up.process.exited).toBe(0);
    expect(up.out).toContain("web-2 exited with code");
  });

  test.concurrent("at a terminal: a tree, then logs over the keys; d leaves it running", async () => {
    await using shop = project("screen", `  web:\n    ${networked}\n    ports: ["127.0.0.1::80"]\n`);
    await using up = shop.terminal(["up"]);
    await up.sees("[+] Running");
    await up.sees(/web-1 .*\| .*hello from/);
    await up.sees(/Open: http:\/\/localhost:\d+ \(web\)/);
    await up.sees("Detach");
    await up.type("w");
    await up.sees("No service of this project says what to watch");
    await up.type("d");
    expect(await up.ended()).toBe(0);
    expect(await shop.state("web")).toBe("running");
    await using again = shop.terminal(["up", "--ansi", "never"].slice(0, 1));
    await again.sees("Attaching to");
    await again.type("\u0003");
    await again.sees("Gracefully Stopping");
    expect(await again.ended()).toBe(130);
    expect(again.seen).toContain("exited with code");
    expect(await shop.state("web")).toBe("exited");
  });

  test.concurrent("at a terminal: what no log tells of an end is said at once", async () => {
    const eater = `image: busybox\n    network_mode: none\n    mem_limit: 8m\n    command: tail /dev/zero`;
    await using shop = project("memory", `  eater:\n    ${eater}\n  web:\n    ${server}\n`);
    await using up = shop.terminal(["up"]);
    await up.sees("eater-1 exited with code 137");
    await up.sees("eater-1: It ran out of memory: its limit is 8MiB");
    await up.type("\u0003");
    expect(await up.ended()).toBe(130);
    expect(up.seen).not.toContain("web-1: ");
  });
});

describe("logs", () => {
  test.concurrent("are one stream in the order of time", async () => {
    const speaker = (first: string) =>
      `image: busybox\n    network_mode: none\n    command: ["sh", "-c", "sleep ${first}; for i in 1 2 3; do echo line; sleep 0.3; done"]`;
    await using shop = project("logs", `  a:\n    ${speaker("0.15")}\n  b:\n    ${speaker("0")}\n`);
    await shop.ends(0, "up");
    const { out } = await shop.ends(0, "logs", "-t");
    const stamps = out
      .trimEnd()
      .split("\n")
      .map((line) => /\| (\S+) line$/.exec(line)?.[1] ?? "");
    expect(stamps).toHaveLength(6);
    expect(stamps).toEqual([...stamps].sort());
    expect((await shop.ends(0, "logs", "--tail", "1", "a")).out).toBe("a-1  | line\n");
    expect((await shop.ends(0, "logs", "--no-log-prefix", "--tail", "1", "--index", "1", "b")).out).toBe(
      "line\n",
    );
    expect((await shop.ends(1, "logs", "--index", "7", "a")).err).toBe(
      'service "a" is not running container #7\n',
    );
  });

  test.concurrent("-f goes on with containers that come later, and ends with the last", async () => {
    await using shop = project("follow", `  web:\n    ${server}\n`);
    await shop.ends(0, "up", "-d");
    await using logs = shop.start("logs", "-f");
    await until("what was said before", () => logs.out.includes("web-1  | hello"));
    await shop.ends(0, "up", "-d", "--scale", "web=2");
    await until("the new one", () => logs.out.includes("web-2  | hello"));
    await shop.ends(0, "down", "-t", "1");
    expect(await logs.process.exited).toBe(0);
  });
});

describe("watch", () => {
  test.concurrent("beside an attached up: a new image takes the place of the old one", async () => {
    await using shop = project(
      "rebuild",
      `  web:\n    ${server.replace("image: busybox", "build: .")}\n    stop_grace_period: 1s\n    develop: {watch: [{path: ./text, action: rebuild}]}\n`,
      { Dockerfile: "FROM busybox\nCOPY text /text\n", text: "old" },
    );
    await using up = shop.start("up", "--watch");
    await until("it watches", () => up.out.includes("⦿ Watch enabled"));
    const read = async () => (await engine.docker("exec", shop.container("web"), "cat", "/text")).out;
    expect(await read()).toBe("old");
    shop.write("text", "new");
    await until("the new image runs", async () => (await read()) === "new", 60_000);
    await until("its logs are shown", () => up.out.match(/web-1 {2}\| hello/g)?.length === 2);
    expect(up.out).toContain('⦿ Rebuilding service(s) ["web"] after changes were detected...');
    expect(up.out).toContain("web-1 has been recreated");
    up.process.kill("SIGINT");
    expect(await up.process.exited).toBe(130);
  });

  test.concurrent("copies, removes, restarts and runs commands as the rules say", async () => {
    const rules = [
      "{path: ./src, target: /app, action: sync, ignore: ['*.log'], initial_sync: true}",
      "{path: ./conf, target: /etc/app.conf, action: sync+restart}",
      "{path: ./hooks, target: /hooks, action: sync+exec, exec: {command: [cat, /hooks/a]}}",
    ];
    await using shop = project(
      "watch",
      `  web:\n    ${server}\n    stop_grace_period: 1s\n    develop:\n      watch:\n${rules.map((rule) => `        - ${rule}\n`).join("")}`,
      { "src/first": "one", conf: "old", "hooks/keep": "" },
    );
    await using watch = shop.start("watch");
    await until("it watches", () => watch.out.includes("Watch enabled"));
    const read = async (path: string) =>
      (await engine.docker("exec", shop.container("web"), "cat", path)).out;
    expect(await read("/app/first")).toBe("one");
    shop.write("src/deep/er/file", "new");
    shop.write("src/left.log", "noise");
    await until("the new file is there", async () => (await read("/app/deep/er/file")) === "new");
    expect((await engine.docker("exec", shop.container("web"), "ls", "/app/left.log")).code).not.toBe(0);
    await Bun.$`rm -r ${shop.folder}/src/deep`.quiet();
    await until("it is gone", async () => (await read("/app/deep/er/file")) === "");
    shop.write("hooks/a", "from the hook\n");
    await until("the command ran", () => watch.out.includes("from the hook"));
    shop.write("conf.new", "new");
    await Bun.$`mv ${shop.folder}/conf.new ${shop.folder}/conf`.quiet();
    await until("it was restarted", () => watch.out.includes('service(s) ["web"] restarted'));
    expect(await read("/etc/app.conf")).toBe("new");
    watch.process.kill("SIGINT");
    expect(await watch.process.exited).toBe(130);
    expect(await shop.state("web")).toBe("running");
  });
});

test.concurrent("wait gives the code of the service, and takes the project down", async () => {
  await using shop = project(
    "wait",
    `  web:\n    ${server}\n  job:\n    image: busybox\n    network_mode: none\n    command: ["sh", "-c", "until [ -e /go ]; do sleep 0.1; done; exit 7"]\n`,
  );
  await shop.ends(0, "up", "-d");
  await using wait = shop.start("wait", "--down-project", "job");
  // The container may be gone before its exec has ended.
  await engine.docker("exec", shop.container("job"), "touch", "/go");
  expect(await wait.process.exited).toBe(7);
  expect(wait.out).toMatch(/^container "[0-9a-f]{64}" exited with status code 7\n$/);
  expect(await shop.state("web")).toBe("");
});
