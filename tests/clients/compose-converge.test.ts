import { describe, expect, test } from "bun:test";
import { clientEngine } from "../setup/client-engine.ts";
import { ConvergedProject, sleeper } from "../setup/converged-project.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const project = (word: string, text: string) => new ConvergedProject(engine, word, text);

const pair = `services:
  web:
${sleeper}    depends_on: [db]
  db:
${sleeper}    volumes: [data:/data, /anonymous]
volumes:
  data:
`;

/** Projects of their own: nothing keeps them from going side by side. */
const each = async (points: readonly string[], work: (point: string) => Promise<void>) => {
  await Promise.all(points.map(work));
};

describe.concurrent("up", () => {
  test("makes what is missing, once; down takes it away, and volumes when told", async () => {
    await using shop = project("basic", pair);
    const said = await shop.ok("up", "-d");
    expect(said).toContain("Network");
    expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
    expect(await shop.networks()).toEqual([`${shop.name}_default`]);
    const before = await shop.ids();
    expect(await shop.ok("up", "-d")).toContain("Running");
    expect(await shop.ids()).toEqual(before);
    await shop.ok("down", "-t", "0");
    expect(await shop.states()).toEqual([]);
    expect(await shop.networks()).toEqual([]);
    expect(await shop.volumes()).toEqual([`${shop.name}_data`]);
    await shop.ok("down", "-v");
    expect(await shop.volumes()).toEqual([]);
  });

  test("recreates only what changed; named and anonymous volumes go on, unless they are renewed", async () => {
    await using shop = project("change", pair);
    await shop.ok("up", "-d");
    const before = await shop.ids();
    await engine.shell(`${shop.name}-db-1`, "echo kept | tee /data/file >/anonymous/file");
    shop.write(pair.replace("/anonymous]", "/anonymous]\n    environment: {CHANGED: '1'}"));
    await shop.ok("up", "-d", "-t", "0");
    const after = await shop.ids();
    expect(after["web-1"]).toBe(before["web-1"] ?? "none");
    expect(after["db-1"]).not.toBe(before["db-1"] ?? "none");
    expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
    const kept = await engine.shell(`${shop.name}-db-1`, "cat /data/file /anonymous/file; echo $CHANGED");
    expect(kept).toBe("kept\nkept\n1");
    await shop.ok("up", "-d", "-V", "-t", "0");
    const renewed = await engine.shell(`${shop.name}-db-1`, "cat /data/file; ls /anonymous");
    expect(renewed).toBe("kept");
  });

  test("scales up and down, and leaves the others alone", async () => {
    await using shop = project("scale", `services:\n  web:\n${sleeper}  db:\n${sleeper}`);
    await shop.ok("up", "-d", "--scale", "web=3");
    const before = await shop.ids();
    expect(Object.keys(before)).toEqual(["db-1", "web-1", "web-2", "web-3"]);
    await shop.ok("up", "-d", "--scale", "web=2", "-t", "0");
    const { "web-3": _, ...kept } = before;
    expect(await shop.ids()).toEqual(kept);
  });

  test("names orphans, and removes them when told", async () => {
    await using shop = project("orphans", `services:\n  web:\n${sleeper}  old:\n${sleeper}`);
    await shop.ok("up", "-d");
    shop.write(`services:\n  web:\n${sleeper}`);
    expect(await shop.ok("up", "-d")).toContain(`Found orphan containers ([${shop.name}-old-1])`);
    expect(await shop.states()).toEqual(["old-1 running", "web-1 running"]);
    await shop.ok("up", "-d", "--remove-orphans", "-t", "0");
    expect(await shop.states()).toEqual(["web-1 running"]);
  });

  test("a network that changed is made anew with everybody on it", async () => {
    const text = `services:\n  web:\n${sleeper}networks:\n  default:\n    labels: {version: "1"}\n`;
    await using shop = project("network", text);
    await shop.ok("up", "-d");
    shop.write(text.replace('"1"', '"2"'));
    await shop.ok("up", "-d", "-t", "0");
    expect(await shop.states()).toEqual(["web-1 running"]);
    const labels = await engine.ok("network", "inspect", "-f", "{{.Labels.version}}", `${shop.name}_default`);
    expect(labels).toBe("2");
    const names = await engine.shell(`${shop.name}-web-1`, "nslookup web >/dev/null && echo found");
    expect(names).toBe("found");
  });
});

describe.concurrent("dependencies", () => {
  test("are waited for until they are healthy or have ended well", async () => {
    await using shop = project(
      "conditions",
      `services:
  web:
${sleeper}    depends_on:
      db: {condition: service_healthy}
      seed: {condition: service_completed_successfully}
  db:
${sleeper}    healthcheck: {test: test -e /ready, interval: 100ms, retries: 100}
    post_start: [{command: [sh, -c, "sleep 0.2; touch /ready"]}]
  seed:
    image: busybox
    command: "true"
`,
    );
    const said = await shop.ok("up", "-d", "--wait");
    expect(await shop.states()).toEqual(["db-1 running", "seed-1 exited", "web-1 running"]);
    const order = (word: string) => said.indexOf(`${shop.name}-${word}`);
    expect(order("web-1  Starting")).toBeGreaterThan(order("db-1  Healthy"));
    expect(order("web-1  Starting")).toBeGreaterThan(order("seed-1  Exited"));
  });

  test("that fail keep what needs them from starting, and are named", async () => {
    const seed = (command: string) => `services:
  web:
${sleeper}    depends_on: {seed: {condition: service_completed_successfully}}
  seed: {image: busybox, command: ${command}}
`;
    await using shop = project("failing", seed("sh -c 'exit 3'"));
    const failed = await shop.run("up", "-d");
    expect(failed.code).toBe(1);
    expect(failed.err).toContain(`service "seed" didn't complete successfully: exit 3`);
    expect(await shop.states()).toEqual(["seed-1 exited", "web-1 created"]);
    shop.write(seed('"true"'));
    await shop.ok("up", "-d");
    expect(await shop.states()).toEqual(["seed-1 exited", "web-1 running"]);
  });

  test("with restart: dependents are restarted when what they depend on is replaced", async () => {
    const text = (version: number) => `services:
  web:
${sleeper}    depends_on: {db: {condition: service_started, restart: true}}
  db:
${sleeper}    environment: {VERSION: ${version}}
`;
    await using shop = project("restart", text(1));
    await shop.ok("up", "-d");
    const started = () => engine.field(`${shop.name}-web-1`, "{{.Id}} {{.State.StartedAt}}");
    const [id, first] = (await started()).split(" ");
    shop.write(text(2));
    await shop.ok("up", "-d", "-t", "0");
    const [same, second] = (await started()).split(" ");
    expect(same).toBe(id ?? "");
    expect(second).not.toBe(first ?? "");
    expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
  });

  test("that were waited for too long are explained", async () => {
    const check = `    healthcheck: {test: "false", interval: 200ms, retries: 10000}\n`;
    await using shop = project("late", `services:\n  web:\n${sleeper}${check}`);
    const { code, err } = await shop.run("up", "-d", "--wait", "--wait-timeout", "1");
    expect(code).toBe(1);
    expect(err).toContain("Its health is not known yet");
    expect(err).toEndWith("application not healthy after 1s\n");
  });

  test("hooks run after the start and before the end, and a hook that fails is a failure", async () => {
    const text = `services:
  web:
${sleeper}    volumes: [data:/data]
    post_start: [{command: [touch, /data/started]}]
    pre_stop: [{command: [touch, /data/stopping]}]
volumes: {data: }
`;
    await using shop = project("hooks", text);
    await shop.ok("up", "-d");
    await shop.ok("stop", "-t", "0");
    const volume = ["-v", `${shop.name}_data:/data`];
    expect(await engine.once(volume, "ls /data")).toBe("started\nstopping");
    shop.write(text.replace("touch, /data/started", "sh, -c, echo no room; exit 4"));
    const { code, err } = await shop.run("up", "-d");
    expect(code).toBe(1);
    expect(err).toContain("web hook exited with status 4: no room");
    expect(err).not.toContain("Nothing is wrong");
  });
});

describe("whoever dies in the middle", () => {
  const changed = pair.replace("/anonymous]", "/anonymous]\n    environment: {CHANGED: '1'}");
  const points = ["network", "create", "create.made", "started"].map((point) => `compose.${point}`);

  test("while everything is made: the next up goes on from there", async () => {
    await each(points, async (point) => {
      await using shop = project(`die-${point.replaceAll(".", "-")}`, pair);
      const died = await shop.failing(`${point}=1*exit`, "up", "-d");
      expect([point, died.code]).not.toEqual([point, 0]);
      await shop.ok("up", "-d");
      expect([point, ...(await shop.states())]).toEqual([point, "db-1 running", "web-1 running"]);
    });
  });

  test("while a container is replaced: the next up finishes it, and volumes go on", async () => {
    await each(["recreate.made", "recreate.stopped", "recreate.removed"], async (point) => {
      await using shop = project(`replace-${point.replaceAll(".", "-")}`, pair);
      await shop.ok("up", "-d");
      await engine.shell(`${shop.name}-db-1`, "echo kept >/anonymous/file");
      const before = await shop.ids();
      shop.write(changed);
      const died = await shop.failing(`compose.${point}=1*exit`, "up", "-d", "-t", "0");
      expect([point, died.code]).not.toEqual([point, 0]);
      await shop.ok("up", "-d", "-t", "0");
      const after = await shop.ids();
      expect([point, ...(await shop.states())]).toEqual([point, "db-1 running", "web-1 running"]);
      expect(after["db-1"]).not.toBe(before["db-1"] ?? "none");
      expect(after["web-1"]).toBe(before["web-1"] ?? "none");
      expect(await engine.shell(`${shop.name}-db-1`, "cat /anonymous/file; echo $CHANGED")).toBe("kept\n1");
    });
  });

  test("and changes the file back: the old container stays, and nothing else", async () => {
    await using shop = project("back", pair);
    await shop.ok("up", "-d");
    const before = await shop.ids();
    shop.write(changed);
    await shop.failing("compose.recreate.made=1*exit", "up", "-d", "-t", "0");
    expect(Object.keys(await shop.ids())).toHaveLength(3);
    shop.write(pair);
    await shop.ok("up", "-d");
    expect(await shop.ids()).toEqual(before);
    expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
  });

  test("while it is taken down: the next down takes the rest", async () => {
    await each(["stop", "remove", "network.remove"], async (point) => {
      await using shop = project(`down-${point.replaceAll(".", "-")}`, pair);
      await shop.ok("up", "-d");
      await shop.failing(`compose.${point}=1*exit`, "down", "-t", "0");
      await shop.ok("down", "-t", "0");
      expect([point, ...(await shop.states()), ...(await shop.networks())]).toEqual([point]);
    });
  });

  test("a failure ends in good order, and the next up goes on", async () => {
    await using shop = project("failure", pair);
    const failed = await shop.failing("compose.create=1*EIO", "up", "-d");
    expect(failed.code).not.toBe(0);
    expect((await shop.states()).filter((state) => state.endsWith("running"))).toEqual([]);
    await shop.ok("up", "-d");
    expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
  });
});

describe("at the same time", () => {
  const many = (version: number) => `services:
${["a", "b", "c", "d"].map((name) => `  ${name}:\n${sleeper}    environment: {VERSION: ${version}}\n`).join("")}`;
  const all = ["a-1 running", "b-1 running", "c-1 running", "d-1 running"];

  test("two ups make everything once", async () => {
    await using shop = project("twice", many(1));
    const both = await Promise.all([shop.run("up", "-d"), shop.run("up", "-d")]);
    expect(both.map(({ code, err }) => (code === 0 ? "" : err))).toEqual(["", ""]);
    expect(await shop.states()).toEqual(all);
  });

  test("two ups that want something else leave what one of them wants", async () => {
    await using shop = project("quarrel", many(1));
    await shop.ok("up", "-d");
    const other = project("quarrel", many(2));
    const both = await Promise.all([
      shop.run("up", "-d", "--force-recreate", "-t", "0"),
      other.run("up", "-d", "--force-recreate", "-t", "0"),
    ]);
    expect(both.map(({ code, err }) => (code === 0 ? "" : err))).toEqual(["", ""]);
    expect(await shop.states()).toEqual(all);
  });

  test("two that cannot know of each other are kept apart by what the engine refuses", async () => {
    await using shop = project("strangers", many(1));
    // Another spelling of the same socket has another lock.
    const elsewhere = { DOCKER_HOST: engine.host.replace(/\/(?=[^/]*$)/, "/./") };
    for (const version of [1, 2]) {
      shop.write(many(version));
      const both = await Promise.all([
        shop.run("up", "-d", "-t", "0"),
        shop.runWith(elsewhere, "up", "-d", "-t", "0"),
      ]);
      expect(both.map(({ code, err }) => (code === 0 ? "" : err))).toEqual(["", ""]);
      expect(await shop.states()).toEqual(all);
    }
  });

  /** So often; without HULL_TEST_RUNS, what is above is enough. */
  const runs = Number(process.env.HULL_TEST_RUNS ?? 0);

  test.skipIf(runs === 0)(
    "a storm: strangers force everything anew, one of them is killed [HULL_TEST_RUNS]",
    async () => {
      await using shop = project("storm", many(1));
      const elsewhere = { DOCKER_HOST: engine.host.replace(/\/(?=[^/]*$)/, "/./") };
      const args = ["up", "-d", "-t", "0", "--force-recreate"];
      for (let run = 0; run < runs; run++) {
        await using victim = shop.start(...args);
        const other = shop.runWith(elsewhere, ...args);
        if (run % 2 === 1) {
          await victim.printed(run % 4 === 1 ? /Recreate\b/ : /Starting/);
          victim.process.kill("SIGKILL");
        }
        const [code, { code: second, err }] = await Promise.all([victim.process.exited, other]);
        expect([run, second, err]).toEqual([run, 0, err]);
        if (run % 2 === 0) expect([run, code, victim.err]).toEqual([run, 0, victim.err]);
        await shop.ok("up", "-d", "-t", "0");
        expect([run, ...(await shop.states())]).toEqual([run, ...all]);
      }
    },
    600_000,
  );

  test("an interruption begins nothing new; the next up goes on", async () => {
    await using shop = project(
      "interrupt",
      pair
        .replace("depends_on: [db]", "depends_on: {db: {condition: service_healthy}}")
        .replace(
          "/anonymous]",
          "/anonymous]\n    healthcheck: {test: test -e /ready, interval: 100ms, retries: 10000}",
        ),
    );
    await using hull = shop.start("up", "-d");
    await hull.printed(/db-1 +Waiting/);
    expect(await hull.interrupt()).toBe(130);
    expect(await shop.states()).toEqual(["db-1 running", "web-1 created"]);
    await engine.shell(`${shop.name}-db-1`, "touch /ready");
    await shop.ok("up", "-d");
    expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
  });
});

test("by its name alone, a project is stopped, started, restarted and taken down", async () => {
  await using shop = project("named", pair);
  await shop.ok("up", "-d");
  const byName = async (...args: string[]) => {
    const { runHull } = await import("../setup/hull-cli.ts");
    const { code, err } = await runHull(["compose", "-p", shop.name, ...args], {
      env: engine.environment,
      cwd: "/",
    });
    expect([code, err]).toEqual([0, err]);
    return err;
  };
  await byName("stop", "-t", "0");
  expect(await shop.states()).toEqual(["db-1 exited", "web-1 exited"]);
  await byName("start");
  expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
  await byName("pause");
  expect(await shop.states()).toEqual(["db-1 paused", "web-1 paused"]);
  await byName("unpause");
  await byName("restart", "-t", "0");
  expect(await shop.states()).toEqual(["db-1 running", "web-1 running"]);
  await byName("kill");
  await until("both are dead", async () => (await shop.states()).every((state) => state.endsWith("exited")));
  await byName("down");
  expect(await shop.states()).toEqual([]);
  expect(await shop.networks()).toEqual([]);
});
