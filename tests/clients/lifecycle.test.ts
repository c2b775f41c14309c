import { describe, expect, test } from "bun:test";
import type { EventMessage } from "../../src/protocol/generated/types.ts";
import { clientEngine, expected, hullOnly, onReference } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();

const script = (...lines: string[]) => ["busybox", "sh", "-c", lines.join("; ")];

describe("states", () => {
  test.concurrent("created, running, paused, exited, and what each refuses", async () => {
    const name = hull.name("states");
    const id = await hull.ok("create", "--name", name, "busybox", "sleep", "3600");
    const state = async () => (await hull.state(name)).Status;
    expect(await state()).toBe("created");
    expect(await hull.fails(1, "exec", name, "true")).toContain("is not running");
    expect(await hull.fails(1, "pause", name)).toMatch(/is not running/);
    expect(await hull.fails(1, "kill", name)).toMatch(
      new RegExp(`[Cc]annot kill container: ${name}: .*[Cc]ontainer ${id} is not running`),
    );
    expect(await hull.ok("stop", name)).toBe(name);
    await hull.ok("start", name);
    expect(await state()).toBe("running");
    expect(await hull.ok("start", name)).toBe(name);
    await hull.ok("pause", name);
    expect(await hull.state(name)).toMatchObject({ Status: "paused", Paused: true, Running: true });
    expect(await hull.fails(1, "pause", name)).toContain("is already paused");
    expect(await hull.fails(1, "exec", name, "true")).toMatch(/is paused, unpause the container before exec/);
    expect(await hull.ok("ps", "--filter", `name=${name}`, "--format", "{{.Status}}")).toMatch(/\(Paused\)$/);
    await hull.ok("unpause", name);
    expect(await hull.fails(1, "unpause", name)).toContain("is not paused");
    expect(await hull.fails(1, "rm", name)).toMatch(
      new RegExp(
        `cannot remove container "?/?${name}"?: container is running: stop the container before removing or force remove|You cannot remove a running container ${id}`,
      ),
    );
    await hull.ok("kill", "-s", "KILL", name);
    await hull.untilStatus(name, "exited");
    expect(await hull.state(name)).toMatchObject({ ExitCode: 137, Running: false, Pid: 0 });
    await hull.ok("restart", "-t", "0", name);
    expect(await state()).toBe("running");
    expect(await hull.ok("rm", "-f", name)).toBe(name);
    expect(await hull.fails(1, "rm", name)).toContain(`No such container: ${name}`);
    expect((await hull.docker("rm", "-f", name)).code).toBe(0);
  });

  test.concurrent("rename", async () => {
    const [before, after] = [hull.name("before"), hull.name("after")];
    const id = await hull.ok("create", "--name", before, "busybox");
    await hull.ok("rename", before, after);
    expect(await hull.field(after, "{{.Id}} {{.Name}}")).toBe(`${id} /${after}`);
    expect(await hull.fails(1, "inspect", "--type", "container", before)).toContain(
      `No such container: ${before}`,
    );
    const other = hull.name("other");
    await hull.ok("create", "--name", other, "busybox");
    expect(await hull.fails(1, "rename", after, other)).toContain(
      `"/${other}" is already in use by container`,
    );
    expect(await hull.fails(1, "rename", after, after)).toMatch(/same name as its current name/);
    await hull.ok("create", "--name", before, "busybox");
    await hull.remove(before, after, other);
  });

  test.concurrent("names, whole and short ids; an ambiguous one is refused", async () => {
    const name = hull.name("ids");
    const id = await hull.ok("create", "--name", name, "busybox");
    for (const word of [name, `/${name}`, id, id.slice(0, 12), id.slice(0, 20)]) {
      expect(await hull.field(word, "{{.Id}}")).toBe(id);
    }
    await hull.remove(name);
  });

  test.concurrent("wait: next exit, not running, removed", async () => {
    const name = hull.name("wait");
    await hull.ok(
      "run",
      "-d",
      "--init",
      "--name",
      name,
      ...script("while ! test -e /go", "do sleep 0.05; done; exit 6"),
    );
    const wait = (condition: string) =>
      hull.json<{ StatusCode: number }>("POST", `/containers/${name}/wait?condition=${condition}`);
    const next = wait("next-exit");
    const not = wait("not-running");
    await Bun.sleep(100);
    await hull.shell(name, "touch /go");
    expect((await next).StatusCode).toBe(6);
    expect((await not).StatusCode).toBe(6);
    expect((await wait("not-running")).StatusCode).toBe(6);
    const removed = wait("removed");
    await Bun.sleep(100);
    await hull.remove(name);
    expect((await removed).StatusCode).toBe(6);
    expect((await hull.request("POST", `/containers/${name}/wait`)).status).toBe(404);
  });

  test.concurrent("attach: output, signals, exit code, input", async () => {
    const name = hull.name("attach");
    await hull.ok("run", "-d", "-i", "--name", name, "busybox", "cat");
    const client = hull.spawnDocker("attach", name);
    client.stdin.write("hello\n");
    await client.stdin.flush();
    const { value } = await client.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("hello\n");
    // Input of a container that was not started attached stays open for the next who attaches.
    await client.stdin.end();
    const again = await hull.spawnDocker("attach", name);
    again.stdin.write("second\n");
    await again.stdin.flush();
    const second = await again.stdout.getReader().read();
    expect(new TextDecoder().decode(second.value)).toBe("second\n");
    await hull.ok("kill", name);
    expect(await Promise.all([client.exited, again.exited])).toEqual([137, 137]);
    expect(await hull.fails(1, "attach", name)).toContain("cannot attach to a stopped container");
    await hull.remove(name);
  });

  test.concurrent("exec: output, code, user, folder, environment, input, background", async () => {
    const name = await hull.sleeper("exec", "-e", "A=1");
    const run = await hull.docker("exec", name, "sh", "-c", "echo out; echo err >&2; exit 7");
    expect(run).toEqual({ code: 7, out: "out\n", err: "err\n" });
    expect(
      await hull.ok(
        "exec",
        "-u",
        "65534",
        "-w",
        "/tmp",
        "-e",
        "B=2",
        name,
        "sh",
        "-c",
        "id -u; pwd; echo $A $B",
      ),
    ).toBe("65534\n/tmp\n1 2");
    const piped = await hull.dockerWith({ stdin: "through" }, "exec", "-i", name, "cat");
    expect(piped).toEqual({ code: 0, out: "through", err: "" });
    await hull.ok("exec", "-d", name, "touch", "/background");
    await until("it has run", async () => (await hull.docker("exec", name, "ls", "/background")).code === 0);
    const missing = await hull.docker("exec", name, "no-such-program");
    const notFound = expected(127, { reference: 126, reason: "20.10 does not tell the two apart" });
    expect(missing.code).toBe(notFound);
    expect(missing.out + missing.err).toContain("executable file not found in $PATH");
    expect((await hull.docker("exec", name, "/etc/passwd")).code).toBe(126);
    const folder = await hull.docker("exec", "-w", "/no/such", name, "true");
    expect([126, 127]).toContain(folder.code);
    expect(await hull.fails(1, "exec", "nosuchcontainer", "true")).toContain(
      "No such container: nosuchcontainer",
    );
    await hull.remove(name);
  });

  test.concurrent("start prints, attaches, and fails for many", async () => {
    const [one, two] = [hull.name("startone"), hull.name("starttwo")];
    await hull.ok("create", "--name", one, ...script("echo hi", "exit 2"));
    await hull.ok("create", "--name", two, "busybox", "true");
    const attached = await hull.docker("start", "-a", one);
    expect(attached).toEqual({ code: 2, out: "hi\n", err: "" });
    expect((await hull.ok("start", one, two)).split("\n").sort()).toEqual([one, two].sort());
    expect(await hull.fails(1, "start", "nosuchcontainer")).toContain("No such container: nosuchcontainer");
    await hull.ok("wait", one, two);
    await hull.remove(one, two);
  });
});

describe("restart policies", () => {
  test.concurrent("on-failure counts and gives up", async () => {
    const name = hull.name("onfailure");
    await hull.ok("run", "-d", "--restart", "on-failure:3", "--name", name, ...script("echo run", "exit 1"));
    await until(
      "it has given up",
      async () => {
        const { State, RestartCount } = await hull.inspect(name);
        return RestartCount === 3 && State?.Status === "exited";
      },
      30_000,
    );
    expect(await hull.ok("logs", name)).toBe("run\nrun\nrun\nrun");
    await hull.remove(name);
    const fine = hull.name("nofailure");
    await hull.ok("run", "-d", "--restart", "on-failure", "--name", fine, "busybox", "true");
    await hull.untilStatus(fine, "exited");
    expect((await hull.inspect(fine)).RestartCount).toBe(0);
    await hull.remove(fine);
  });

  test.concurrent("always comes back after kill from inside, waits longer each time, not after stop", async () => {
    const name = hull.name("always");
    await hull.ok("run", "-d", "--restart", "always", "--name", name, ...script("echo run", "exit 1"));
    await until("some restarts", async () => ((await hull.inspect(name)).RestartCount ?? 0) >= 4, 30_000);
    const status = (await hull.state(name)).Status;
    expect(["restarting", "running"]).toContain(status ?? "");
    await hull.ok("stop", "-t", "0", name);
    expect((await hull.state(name)).Status).toBe("exited");
    const count = (await hull.inspect(name)).RestartCount;
    await Bun.sleep(2500);
    expect((await hull.state(name)).Status).toBe("exited");
    expect((await hull.inspect(name)).RestartCount).toBe(count);
    await hull.remove(name);
  });

  test.concurrent("docker kill of a restarting one is final, too", async () => {
    const name = hull.name("alwayskill");
    await hull.ok("run", "-d", "--restart", "always", "--name", name, "busybox", "sleep", "3600");
    await hull.ok("kill", name);
    await hull.untilStatus(name, "exited");
    await Bun.sleep(500);
    expect((await hull.state(name)).Status).toBe("exited");
    await hull.ok("start", name);
    // A death nobody asked for: killed from outside Docker.
    process.kill(await hull.pid(name), "SIGKILL");
    await until("it is back", async () => {
      const { State, RestartCount } = await hull.inspect(name);
      return State?.Running && (RestartCount ?? 0) >= 1;
    });
    await hull.remove(name);
  });

  test.concurrent("policies nobody knows, and with --rm", async () => {
    expect(await hull.fails(1, "create", "--restart", "sometimes", "busybox")).toMatch(
      /invalid restart policy:? (unknown policy )?'?sometimes/,
    );
    expect((await hull.docker("create", "--restart", "always:3", "busybox")).err).toMatch(
      /maximum retry count can(not| only) be used (with|without)?/i,
    );
    expect((await hull.docker("run", "--rm", "--restart", "always", "busybox")).err).toMatch(
      /[Cc]onflicting options/,
    );
  });
});

describe("health checks", () => {
  const health = (name: string) => hull.field(name, "{{.State.Health.Status}}");

  test.concurrent("starting, healthy, unhealthy and back", async () => {
    const name = await hull.sleeper(
      "health",
      ...["--health-cmd", "test -e /ok && echo fine || { echo bad; exit 1; }", "--health-interval", "200ms"],
      ...["--health-retries", "2", "--health-timeout", "2s"],
    );
    expect(["starting", "unhealthy"]).toContain(await health(name));
    await until("unhealthy", async () => (await health(name)) === "unhealthy");
    expect((await hull.state(name)).Health?.FailingStreak).toBeGreaterThanOrEqual(2);
    expect(await hull.ok("ps", "--filter", `name=${name}`, "--format", "{{.Status}}")).toEndWith(
      "(unhealthy)",
    );
    await hull.shell(name, "touch /ok");
    await until("healthy", async () => (await health(name)) === "healthy");
    expect(await hull.ok("ps", "--filter", "health=healthy", "--format", "{{.Names}}")).toContain(name);
    const { Health } = await hull.state(name);
    expect(Health?.FailingStreak).toBe(0);
    const last = Health?.Log?.at(-1);
    expect(last).toMatchObject({ ExitCode: 0, Output: "fine\n" });
    expect(Health?.Log?.length).toBeLessThanOrEqual(5);
    await hull.remove(name);
  });

  test.concurrent("a probe that takes too long fails", async () => {
    const name = await hull.sleeper(
      "healthtimeout",
      ...[
        "--health-cmd",
        "sleep 30",
        "--health-interval",
        "100ms",
        "--health-timeout",
        "300ms",
        "--health-retries",
        "1",
      ],
    );
    await until("unhealthy", async () => (await health(name)) === "unhealthy", 20_000);
    expect((await hull.state(name)).Health?.Log?.[0]?.Output).toMatch(
      /Health check exceeded timeout \(300ms\)/,
    );
    await hull.remove(name);
  });

  test.concurrent("--no-healthcheck, CMD form by the image, start period", async () => {
    const source = hull.name("healthsource");
    const image = hull.name("healthimage");
    await hull.ok("create", "--name", source, "busybox");
    await hull.ok(
      ...[
        "commit",
        "--change",
        'HEALTHCHECK --interval=200ms --retries=1 CMD ["test", "-e", "/ok"]',
        source,
        image,
      ],
    );
    await hull.remove(source);
    const name = hull.name("healthcmd");
    await hull.ok("run", "-d", "--init", "--name", name, image, "sleep", "3600");
    await until("unhealthy", async () => (await health(name)) === "unhealthy");
    await hull.shell(name, "touch /ok");
    await until("healthy", async () => (await health(name)) === "healthy");
    await hull.remove(name);
    await hull.ok("run", "-d", "--init", "--no-healthcheck", "--name", name, image, "sleep", "3600");
    expect((await hull.state(name)).Health ?? null).toBeNull();
    await hull.remove(name);
    await hull.ok(
      ...["run", "-d", "--init", "--health-start-period", "1m", "--name", name, image, "sleep", "3600"],
    );
    await until("two probes", async () => ((await hull.state(name)).Health?.Log?.length ?? 0) >= 2);
    expect(await health(name)).toBe("starting");
    await hull.remove(name);
    await hull.ok("rmi", image);
  });

  hullOnly("Docker has probes by command only")("http and tcp probes of the engine", async () => {
    for (const probe of [
      ["http", "http://localhost:80/index.html"],
      ["tcp", "tcp://127.0.0.1:80"],
    ]) {
      const name = hull.name(`probe${probe[0]}`);
      const created = await hull.json<{ Id: string }>("POST", `/containers/create?name=${name}`, {
        Image: "busybox",
        Cmd: [
          "sh",
          "-c",
          "mkdir -p /www; while ! test -e /go; do sleep 0.05; done; echo x >/www/index.html; exec httpd -f -p 80 -h /www",
        ],
        Healthcheck: {
          Test: ["CMD-SHELL", probe[1]],
          Interval: 200_000_000,
          Retries: 1,
          Timeout: 1_000_000_000,
        },
      });
      await hull.ok("start", created.Id);
      await until("unhealthy", async () => (await health(name)) === "unhealthy");
      await hull.shell(name, "touch /go");
      await until("healthy", async () => (await health(name)) === "healthy");
      await hull.remove(name);
    }
  });

  hullOnly("Docker does not restart the unhealthy")("--restart on-unhealthy", async () => {
    const name = hull.name("onunhealthy");
    await hull.json("POST", `/containers/create?name=${name}`, {
      Image: "busybox",
      Cmd: ["sleep", "3600"],
      Healthcheck: { Test: ["CMD", "false"], Interval: 100_000_000, Retries: 1 },
      HostConfig: { RestartPolicy: { Name: "on-unhealthy", MaximumRetryCount: 2 }, Init: true },
    });
    await hull.ok("start", name);
    await until("a restart", async () => ((await hull.inspect(name)).RestartCount ?? 0) >= 1, 30_000);
    await hull.remove(name);
  });
});

describe("events", () => {
  test.concurrent("tell a container's life", async () => {
    const name = hull.name("events");
    const since = (Date.now() / 1000 - 0.001).toFixed(6);
    const id = await hull.ok("create", "--name", name, "--label", "team=red", "busybox", "sleep", "3600");
    await hull.ok("start", name);
    await hull.ok("exec", name, "true");
    await hull.ok("pause", name);
    await hull.ok("unpause", name);
    await hull.ok("rename", name, `${name}x`);
    await hull.ok("restart", "-t", "0", `${name}x`);
    await hull.ok("kill", `${name}x`);
    await hull.ok("wait", `${name}x`);
    await hull.ok("rm", `${name}x`);
    const read = async (...filters: string[]) => {
      const until = (Date.now() / 1000 + 0.2).toFixed(6);
      const lines = await hull.ok(
        ...["events", "--since", since, "--until", until, "--format", "{{json .}}"],
        ...filters.flatMap((filter) => ["--filter", filter]),
      );
      return lines
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as EventMessage);
    };
    const events = await read(`container=${id}`, "type=container");
    const actions = events.map((event) => (event.Action ?? "").split(":")[0]);
    expect(actions).toEqual([
      ...["create", "start", "exec_create", "exec_start", "exec_die", "pause", "unpause", "rename"],
      ...["kill", "kill", "die", "stop", "start", "restart", "kill", "die", "destroy"],
    ]);
    expect(events[0]).toMatchObject({
      Type: "container",
      Actor: { ID: id, Attributes: { name, image: "busybox", team: "red" } },
      scope: "local",
    });
    const die = events.filter((event) => event.Action === "die").at(-1);
    expect(die?.Actor?.Attributes?.exitCode).toBe("137");
    expect(events[0]?.timeNano).toBeGreaterThan(1e18);
    expect((await read(`container=${id}`, "event=pause")).length).toBe(1);
    expect(
      (await read("label=team=red", "event=start", "event=die")).filter((e) => e.Actor?.ID === id).length,
    ).toBe(4);
    const network = (await read("type=network")).filter((event) => event.Actor?.Attributes?.container === id);
    expect(network.map((event) => event.Action)).toEqual(["connect", "disconnect", "connect", "disconnect"]);
  });

  test.concurrent("come while they happen; volumes and images have theirs", async () => {
    const name = hull.name("eventvol");
    const client = hull.spawnDocker(
      "events",
      "--filter",
      `volume=${name}`,
      "--format",
      "{{.Type}} {{.Action}}",
    );
    let seen = "";
    const reading = (async () => {
      for await (const chunk of client.stdout) seen += new TextDecoder().decode(chunk);
    })();
    await Bun.sleep(300);
    await hull.ok("volume", "create", name);
    await until("the first event", () => seen === "volume create\n");
    await hull.ok("volume", "rm", name);
    await until("the second event", () => seen === "volume create\nvolume destroy\n");
    client.kill();
    await reading;
    for (const word of ["config", "daemon", "network", "node", "plugin", "scope", "secret", "service"]) {
      await hull.ok("events", "--since", "1s", "--until", "0s", "--filter", `${word}=x`);
    }
    if (!onReference) {
      // Docker says nothing and shows everything.
      expect(await hull.fails(1, "events", "--until", "0s", "--filter", "nosuch=1")).toMatch(
        /[Ii]nvalid filter '?nosuch/,
      );
    }
  });
});

describe("docker ps and inspect", () => {
  test.concurrent("filters", async () => {
    const label = hull.name("ps");
    const running = await hull.sleeper("psrunning", "--label", `ps=${label}`);
    const exited = hull.name("psexited");
    await hull.docker("run", "--name", exited, "--label", `ps=${label}`, ...script("exit 5"));
    const created = hull.name("pscreated");
    await hull.ok("create", "--name", created, "--label", `ps=${label}`, "-v", `${label}:/vol`, "busybox");
    const list = async (...filters: string[]) =>
      (
        await hull.ok(
          "ps",
          "-a",
          "--format",
          "{{.Names}}",
          ...[`label=ps=${label}`, ...filters].flatMap((f) => ["--filter", f]),
        )
      )
        .split("\n")
        .filter(Boolean)
        .sort();
    expect(await list()).toEqual([created, exited, running].sort());
    expect(await list("status=running")).toEqual([running]);
    expect(await list("status=exited", "status=created")).toEqual([created, exited].sort());
    expect(await list("exited=5")).toEqual([exited]);
    expect(await list(`name=${running}`)).toEqual([running]);
    expect(await list(`name=^/${created}$`)).toEqual([created]);
    expect(await list(`before=${exited}`)).toEqual([running]);
    expect(await list(`since=${exited}`)).toEqual([created]);
    expect(await list(`volume=${label}`)).toEqual([created]);
    expect(await list("volume=/vol")).toEqual([created]);
    expect(await list("ancestor=busybox")).toHaveLength(3);
    expect(await list("network=bridge")).toContain(running);
    expect(await list("health=none")).toHaveLength(3);
    expect(await list("is-task=true")).toEqual([]);
    expect(await hull.ok("ps", "--filter", `label=ps=${label}`, "--format", "{{.Names}}")).toBe(running);
    expect((await hull.ok("ps", "-an", "1", "--format", "{{.Names}}")).split("\n")).toHaveLength(1);
    expect(await hull.fails(1, "ps", "--filter", "nosuch=1")).toMatch(/[Ii]nvalid filter '?nosuch/);
    expect(await hull.fails(1, "ps", "--filter", "status=nosuch")).toMatch(
      /[Ii]nvalid filter 'status=nosuch'|invalid value for status/i,
    );
    await hull.remove(running, exited, created);
    await hull.ok("volume", "rm", label);
  });

  test.concurrent("columns and size", async () => {
    const name = await hull.sleeper("columns");
    await hull.shell(name, "head -c 100000 /dev/zero >/big");
    const row = await hull.ok(
      ...[
        "ps",
        "-s",
        "--filter",
        `name=${name}`,
        "--format",
        "{{.ID}}|{{.Image}}|{{.Command}}|{{.RunningFor}}|{{.Status}}|{{.Size}}|{{.State}}|{{.Networks}}",
      ],
    );
    expect(row).toMatch(
      /^[0-9a-f]{12}\|busybox\|"sleep 3600"\|(Less than a second|\d+ seconds?|About a minute) ago\|Up (Less than a second|\d+ seconds?|About a minute)\|1\d\dkB \(virtual [\d.]+MB\)\|running\|bridge$/,
    );
    await hull.ok("stop", "-t", "0", name);
    expect(await hull.ok("ps", "-a", "--filter", `name=${name}`, "--format", "{{.Status}}")).toMatch(
      /^Exited \(\d+\) .* ago$/,
    );
    await hull.remove(name);
  });

  test.concurrent("inspect has Docker's fields", async () => {
    const name = await hull.sleeper("inspected", "--memory", "64m", "-p", "127.0.0.1::80");
    const inspected = await hull.inspect(name);
    expect(inspected).toMatchObject({
      Path: "sleep",
      Args: ["3600"],
      Name: `/${name}`,
      RestartCount: 0,
      Driver: "overlay2",
      Platform: "linux",
      State: { Status: "running", Running: true, ExitCode: 0, Error: "", FinishedAt: "0001-01-01T00:00:00Z" },
      HostConfig: {
        NetworkMode: expected("bridge", { reference: "default", reason: "older clients' word" }),
        AutoRemove: false,
        Init: true,
      },
      Config: { Image: "busybox", Cmd: ["sleep", "3600"], AttachStdout: false, Tty: false },
    });
    expect(inspected.Image).toMatch(/^sha256:/);
    expect(Date.parse(inspected.Created ?? "")).toBeGreaterThan(Date.now() - 60_000);
    expect(inspected.GraphDriver?.Data?.MergedDir).toStartWith("/");
    const sized = JSON.parse(await hull.ok("inspect", "--size", name))[0];
    expect(sized.SizeRootFs).toBeGreaterThan(100_000);
    await hull.remove(name);
  });

  hullOnly("it would take the containers of others")("container prune", async () => {
    const stopped = await hull.ok("create", "--label", "keep=no", "busybox");
    const kept = await hull.ok("create", "--label", "keep=yes", "busybox");
    const out = await hull.ok("container", "prune", "-f", "--filter", "label=keep=no");
    expect(out).toContain(stopped);
    expect(out).not.toContain(kept);
    expect(await hull.ok("container", "prune", "-f", "--filter", "until=1h")).not.toContain(kept);
    await hull.remove(kept);
  });
});
