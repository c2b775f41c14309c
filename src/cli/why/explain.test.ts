import { describe, expect, test } from "bun:test";
import type { ContainerInspectResponse, EventMessage } from "../../protocol/generated/types.ts";
import { explain, headline } from "./explain.ts";
import type { WhyFacts } from "./facts.ts";
import { printWhy } from "./print-why.ts";
import type { FoundProgram } from "./program-facts.ts";

const now = Date.parse("2026-05-01T12:00:00Z");

type State = NonNullable<ContainerInspectResponse["State"]>;

interface Given extends Omit<Partial<WhyFacts>, "container"> {
  readonly state?: State;
  readonly host?: ContainerInspectResponse["HostConfig"];
  readonly config?: ContainerInspectResponse["Config"];
  readonly container?: ContainerInspectResponse;
}

function facts({ state, host, config, container, ...rest }: Given = {}): WhyFacts {
  return {
    now,
    container: {
      Id: "0123456789abcdef",
      Name: "/web",
      Path: "/app",
      Args: [],
      RestartCount: 0,
      State: {
        Status: "exited",
        Running: false,
        ExitCode: 0,
        StartedAt: "2026-05-01T11:00:00Z",
        FinishedAt: "2026-05-01T11:57:00Z",
        ...state,
      },
      HostConfig: { RestartPolicy: { Name: "no" }, ...host },
      Config: { Image: "app:1", ...config },
      ...container,
    },
    image: { Id: "sha256:1" },
    engineArchitecture: "x86_64",
    log: [],
    events: [],
    program: undefined,
    portHolder: undefined,
    missingVolumes: [],
    missingNetworks: [],
    dependencies: [],
    ...rest,
  };
}

function event(Action: string, Attributes: Record<string, string> = {}): EventMessage {
  return { Type: "container", Action, Actor: { ID: "0123456789abcdef", Attributes }, time: now / 1000 - 60 };
}

const first = (given: Given) => explain(facts(given))[0];
const says = (given: Given) => explain(facts(given)).map((finding) => finding.says);

const running: State = { Status: "running", Running: true, ExitCode: 0 };

const program = (found: Partial<FoundProgram>) => ({
  wanted: "/app",
  searched: ["/app"],
  found: { path: "/app", mode: 0o755, kind: "elf" as const, ...found },
});

describe("explain", () => {
  test("a container that runs well has no findings", () => {
    expect(explain(facts({ state: running }))).toEqual([]);
    expect(headline(facts({ state: running }))).toBe("web has been running for about an hour.");
  });

  test("a container that was never started", () => {
    expect(first({ state: { Status: "created" } })?.kind).toBe("never-started");
  });

  test("a paused container", () => {
    const found = first({ state: { Status: "paused", Paused: true, Running: true } });
    expect(found?.kind).toBe("paused");
    expect(found?.next[0]?.command).toBe("hull unpause web");
  });

  test("an end with 0 is no failure", () => {
    expect(first({})?.kind).toBe("finished");
  });

  test("an end with a code of its own", () => {
    const found = first({ state: { ExitCode: 3 } });
    expect(found?.kind).toBe("exit-code");
    expect(found?.says).toContain("exit code 3");
  });

  test("139 is a crash", () => {
    expect(first({ state: { ExitCode: 139 } })?.says).toContain("SIGSEGV: it crashed");
  });
});

describe("memory", () => {
  test("killed by its own limit", () => {
    const found = first({
      state: { ExitCode: 137, OOMKilled: true },
      host: { Memory: 64 << 20, MemorySwap: 64 << 20 },
    });
    expect(found?.kind).toBe("memory");
    expect(found?.says).toBe("It ran out of memory: its limit is 64MiB, and the kernel killed it.");
    expect(found?.details).toEqual(["It has no swap beside it."]);
    expect(found?.next[0]?.command).toBe("hull update --memory 128m --memory-swap -1 web");
  });

  test("killed for the machine's memory", () => {
    expect(first({ state: { ExitCode: 137, OOMKilled: true } })?.says).toContain("The machine ran out");
  });

  test("a process in it was killed while it lives on", () => {
    const [found] = explain(facts({ state: running, events: [event("oom")], host: { Memory: 1 << 20 } }));
    expect(found).toMatchObject({ kind: "memory", weight: "note" });
  });
});

describe("who killed it", () => {
  const start = event("start");
  const die = event("die", { exitCode: "137" });
  const kill = (signal: number) => event("kill", { signal: String(signal) });

  test("stop that had to kill", () => {
    const found = first({ state: { ExitCode: 137 }, events: [start, kill(15), kill(9), die, event("stop")] });
    expect(found?.kind).toBe("stopped");
    expect(found?.says).toContain("did not end within its stop timeout (10 s");
    expect(found?.details[0]).toContain("--init");
  });

  test("a shell as first process is told apart", () => {
    const found = first({
      state: { ExitCode: 137 },
      container: { Name: "/web", Path: "/bin/sh", State: { Status: "exited", ExitCode: 137 } },
      events: [start, kill(15), kill(9), die, event("stop")],
    });
    expect(found?.details[0]).toContain("exec PROGRAM");
  });

  test("stop it obeyed", () => {
    const found = first({ state: { ExitCode: 143 }, events: [start, kill(15), die, event("stop")] });
    expect(found?.says).toContain("it ended after SIGTERM");
  });

  test("hull kill", () => {
    const found = first({ state: { ExitCode: 137 }, events: [start, kill(9), die] });
    expect(found?.kind).toBe("killed");
    expect(found?.says).toContain("send SIGKILL");
  });

  test("killed past the engine", () => {
    expect(first({ state: { ExitCode: 137 }, events: [start, die] })?.says).toContain(
      "not through the engine",
    );
  });

  test("killed longer ago than the engine remembers", () => {
    expect(first({ state: { ExitCode: 137 } })?.says).toContain("no longer remembers");
  });

  test("signals of an earlier life do not count", () => {
    const found = first({ state: { ExitCode: 137 }, events: [start, kill(9), die, start, die] });
    expect(found?.says).toContain("not through the engine");
  });
});

describe("programs", () => {
  const state: State = { Status: "created", ExitCode: 127, Error: "exec: no such file or directory" };

  test("a program that is nowhere in PATH", () => {
    const found = first({
      state,
      program: { wanted: "serve", searched: ["/bin/serve", "/usr/bin/serve"], found: undefined },
    });
    expect(found?.kind).toBe("command-not-found");
    expect(found?.details[0]).toBe("Searched in PATH: /bin, /usr/bin");
  });

  test("a whole command taken for one word", () => {
    const found = first({
      state,
      program: { wanted: "echo hi", searched: ["/bin/echo hi"], found: undefined },
    });
    expect(found?.details[0]).toContain("spaces included");
  });

  test("no right to execute", () => {
    const found = first({ state, program: program({ mode: 0o644 }) });
    expect(found?.kind).toBe("not-executable");
    expect(found?.says).toContain("0644");
  });

  test("a folder", () => {
    expect(first({ state, program: program({ kind: "directory" }) })?.says).toContain("is a directory");
  });

  test("an interpreter that is not there", () => {
    const script = {
      line: "/bin/bash -e",
      interpreter: "/bin/bash",
      interpreterFound: false,
      interpreterRunnable: false,
    };
    const found = first({ state, program: program({ kind: "script", script }) });
    expect(found?.says).toContain("needs the interpreter /bin/bash");
    expect(found?.details[0]).toBe("Its first line: #!/bin/bash -e");
  });

  test("Windows line ends", () => {
    const script = {
      line: "/bin/sh\r",
      interpreter: "/bin/sh",
      interpreterFound: false,
      interpreterRunnable: false,
    };
    expect(first({ state, program: program({ kind: "script", script }) })?.says).toContain("CR LF");
  });

  const elf = {
    machine: "amd64",
    loader: "/lib64/ld-linux-x86-64.so.2",
    loaderFound: true,
    missingLibraries: [],
    searchedLibraries: ["/lib"],
  };

  test("another architecture", () => {
    const found = first({ state, program: program({ elf: { ...elf, machine: "arm64" } }) });
    expect(found?.kind).toBe("architecture");
    expect(found?.says).toContain("built for arm64; the engine's machine is amd64");
  });

  test("no dynamic loader", () => {
    const found = first({ state, program: program({ elf: { ...elf, loaderFound: false } }) });
    expect(found?.says).toContain("needs the dynamic loader /lib64/ld-linux-x86-64.so.2");
    expect(found?.details[0]).toContain("glibc");
  });

  test("missing libraries", () => {
    const found = first({ state, program: program({ elf: { ...elf, missingLibraries: ["libz.so.1"] } }) });
    expect(found?.says).toContain("shared library libz.so.1");
  });

  test("the loader's own words win over a look at the file", () => {
    const found = explain(
      facts({
        state: { ExitCode: 127 },
        log: ["/app: error while loading shared libraries: libpq.so.5: cannot open shared object file"],
        program: program({ elf: { ...elf, missingLibraries: ["libpq.so.5"] } }),
      }),
    );
    expect(found.filter(({ weight }) => weight === "cause")).toHaveLength(1);
    expect(found[0]?.says).toContain("/app needs the shared library libpq.so.5");
  });

  test("a shell that found no program", () => {
    const found = first({
      state: { ExitCode: 127 },
      log: ["sh: serve: not found"],
      program: program({ elf: { ...elf, loader: undefined } }),
    });
    expect(found?.details[0]).toBe("It said: sh: serve: not found");
  });
});

describe("what it needs", () => {
  const refused = (error: string): State => ({ Status: "created", ExitCode: 128, Error: error });
  const taken =
    "driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated";

  test("a port held by a container", () => {
    const found = first({
      state: refused(taken),
      portHolder: { port: "8080/tcp", holder: 'container "old"', container: "old" },
    });
    expect(found?.kind).toBe("port-conflict");
    expect(found?.says).toBe('The port 8080/tcp of the machine is taken by container "old".');
    expect(found?.next.map(({ command }) => command).slice(0, 2)).toEqual([
      "hull stop old",
      "hull start web",
    ]);
  });

  test("a port that is free by now", () => {
    expect(first({ state: refused(taken), portHolder: { port: "8080/tcp", holder: "" } })?.says).toContain(
      "free now",
    );
  });

  test.each([
    [
      'invalid mount config for type "bind": bind source path does not exist: /srv/x',
      "mount",
      "/srv/x is to be mounted",
    ],
    [
      'failed to create shim task: OCI runtime create failed: error mounting "/a" to rootfs at "/b": mount /a:/b: not a directory: unknown',
      "mount",
      "/a cannot be mounted on /b: not a directory.",
    ],
    ["unable to find user app: no matching entries in passwd file", "user", 'user "app"'],
    [
      'error gathering device information while adding custom device "/dev/kvm": no such file or directory',
      "device",
      "/dev/kvm",
    ],
    ["network 1234abcd not found", "network-missing", "network 1234abcd is gone"],
    [
      'OCI runtime create failed: chdir to cwd ("/work") set in config.json failed: permission denied',
      "working-directory",
      "/work",
    ],
    ["something nobody thought of", "start-refused", "something nobody thought of"],
  ])("%s", (error, kind, words) => {
    const found = first({ state: refused(error) });
    expect(String(found?.kind)).toBe(kind);
    expect(found?.says).toContain(words);
  });

  test("volumes and networks that are gone", () => {
    const found = says({ state: { ExitCode: 1 }, missingVolumes: ["data"], missingNetworks: ["lan"] });
    expect(found[0]).toBe('Its volume "data" is gone.');
    expect(found[1]).toBe('Its network "lan" is gone.');
  });

  test("an image that is gone is only a note", () => {
    expect(explain(facts({ state: running, image: undefined }))).toMatchObject([
      { kind: "image-missing", weight: "note" },
    ]);
  });

  test.each([
    ["service_healthy", { state: "running", health: "starting" }, "to be healthy, which is starting"],
    ["service_completed_successfully", { state: "exited", exitCode: 2 }, "ended with exit code 2"],
    ["service_started", { state: "exited" }, 'depends on container "db", which is exited'],
    ["network namespace", { state: "missing" }, "which is missing"],
  ])("%s of another container", (need, state, words) => {
    expect(
      says({ state: { Status: "created" }, dependencies: [{ name: "db", need, ...state }] }).join(),
    ).toContain(words);
  });
});

describe("health and restarts", () => {
  const health = (log: object[]): State => ({
    ...running,
    Health: { Status: "unhealthy", FailingStreak: 4, Log: log },
  });
  const check = { Healthcheck: { Test: ["CMD-SHELL", "curl -f http://localhost"] } };

  test("the failing check and its output", () => {
    const found = first({ state: health([{ ExitCode: 1, Output: "connection refused\n" }]), config: check });
    expect(found?.says).toBe("It is unhealthy: its check failed 4 times in a row.");
    expect(found?.details).toContain("  connection refused");
    expect(found?.next[0]?.command).toBe("hull exec web sh -c 'curl -f http://localhost'");
  });

  test("a check whose program the image has not got", () => {
    const found = first({
      state: health([{ ExitCode: 127, Output: "/bin/sh: curl: not found" }]),
      config: check,
    });
    expect(found?.details.at(-1)).toContain('no "curl"');
  });

  test("a check that took too long", () => {
    const found = first({
      state: health([{ ExitCode: -1, Output: "Health check exceeded timeout (1s)" }]),
      config: check,
    });
    expect(found?.details.join()).toContain("did not end in time");
  });

  test("a loop of restarts", () => {
    const found = explain(
      facts({
        state: { Status: "restarting", Running: true, Restarting: true, ExitCode: 1 },
        host: { RestartPolicy: { Name: "always" } },
        container: {
          Name: "/web",
          RestartCount: 7,
          State: { Status: "restarting", Running: true, Restarting: true, ExitCode: 1 },
          HostConfig: { RestartPolicy: { Name: "always" } },
        },
        events: [event("die", { exitCode: "1" }), event("die", { exitCode: "1" })],
      }),
    );
    expect(found.map(({ kind }) => kind)).toEqual(["exit-code", "restarts"]);
    expect(found.at(-1)?.says).toContain("7 times so far");
    expect(found.at(-1)?.details[0]).toContain("Its last 2 ends: exit code 1");
  });
});

describe("printWhy", () => {
  test("headline, findings, log, events, what to type", () => {
    const given = facts({
      state: { ExitCode: 1 },
      log: ["starting", "\u001b[31mFATAL\u001b[0m: could not resolve host db"],
      events: [event("start"), event("die", { exitCode: "1" })],
    });
    const text = printWhy(given, explain(given), { colour: false, program: "hull", lines: 5 });
    expect(text).toStartWith(
      "web ended with exit code 1 (a general error) 3 minutes ago, after running for 57 minutes.\n",
    );
    expect(text).toContain("✗ Its program ended by itself with exit code 1");
    expect(text).toContain("• It could not resolve a name.");
    expect(text).toContain("  │ FATAL: could not resolve host db\n");
    expect(text).toContain("die with exit code 1\n");
    expect(text).toContain("hull logs --tail 100 web");
  });

  test("what holds for several is said once, of all of them", () => {
    const refused: State = { Status: "created", ExitCode: 128, Error: "port is already allocated" };
    const given = facts({ state: refused, events: [event("create")] });
    const others = ["web-2", "web-3"];
    const text = printWhy(given, explain(given), { colour: false, program: "hull", lines: 5, others });
    expect(text).toStartWith("web, web-2 and web-3 could not be started: exit code 128.\n");
    expect(text).not.toContain("printed nothing");
    expect(text).toContain("What happened to web lately:\n");
    expect(headline(facts({ state: running }), ["db"])).toBe(
      "web and db have been running for about an hour.",
    );
  });

  test("no colour unless asked for", () => {
    const given = facts({ state: { ExitCode: 1 } });
    const print = (colour: boolean) => printWhy(given, explain(given), { colour, program: "hull", lines: 5 });
    expect(print(false)).not.toContain("\u001b[");
    expect(print(true)).toContain("\u001b[1m");
  });
});
