import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { runDocker } from "../setup/docker-cli.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { SshHost, sshd } from "../setup/ssh-host.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
let host: SshHost;

beforeAll(async () => {
  if (sshd) host = await SshHost.start({ DOCKER_HOST: engine.host });
});
afterAll(() => host?.[Symbol.asyncDispose]());

const suite = sshd ? describe : describe.skip;

suite(
  sshd ? "DOCKER_HOST=ssh://" : "DOCKER_HOST=ssh:// [there is no sshd (Debian package openssh-server)]",
  () => {
    const hull = (url: string, ...args: string[]) =>
      runHull(args, { env: { ...host.environment, DOCKER_HOST: url } });
    const serverVersion = ["version", "--format", "{{.Server.Version}}"];

    test("our client finds hull where there is no docker, on port 22 and on an odd one", async () => {
      host.install("hull");
      const local = await engine.ok(...serverVersion);
      for (const url of [host.url(), host.url(host.odd)]) {
        expect(await hull(url, ...serverVersion)).toEqual({ code: 0, out: `${local}\n`, err: "" });
      }
      host.uninstall("hull");
    });

    test("the docker program gets through where docker is a link to hull, and runs containers", async () => {
      host.install("docker");
      expect((await hull(host.url(), ...serverVersion)).code).toBe(0);
      const url = host.url(host.odd, engine.socket);
      const counted = await runDocker(url, engine.directory, ["run", "--rm", "-i", "busybox", "wc", "-c"], {
        env: host.environment,
        stdin: "x".repeat(1_000_000),
      });
      expect([counted.code, counted.out.trim()]).toEqual([0, "1000000"]);
      host.uninstall("docker");
    });

    test("says in one sentence what ssh complains about", async () => {
      const nothing = await hull(host.url(), ...serverVersion);
      expect([nothing.code, nothing.err]).toEqual([
        1,
        `Cannot connect to the engine at ${host.url()}: there is neither docker nor hull on this host\n`,
      ]);
      const closed = await hull(host.url(1), ...serverVersion);
      expect(closed.err).toBe(
        `Cannot connect to the engine at ${host.url(1)}: ssh: connect to host ${host.address} port 1: Connection refused\n`,
      );
      const stranger = `ssh://stranger@${host.address}`;
      const denied = await hull(stranger, ...serverVersion);
      expect(denied.err).toBe(
        `Cannot connect to the engine at ${stranger}: stranger@${host.address}: Permission denied (publickey)\n`,
      );
      expect((await hull("ssh://u:secret@h", "version")).err).toContain(
        "plain-text password is not supported",
      );
    });

    test("port-forward goes through it: many connections share one of ssh, nothing is left behind", async () => {
      host.install("hull");
      const name = engine.name("web");
      const script = "echo hello >/tmp/index.html; exec httpd -f -p 127.0.0.1:80 -h /tmp";
      await engine.ok("run", "-d", "--init", "--name", name, "busybox", "sh", "-c", script);
      const accepted = () => host.log().split("Accepted publickey").length - 1;
      const before = accepted();
      const mine = () => readdirSync(tmpdir()).filter((file) => file.startsWith("hull-ssh-")).length;
      const folders = mine();
      const forward = new RunningHull(["port-forward", name, ":80"], {
        env: { ...host.environment, DOCKER_HOST: host.url() },
      });
      const [, port = ""] = await forward.printed(/127\.0\.0\.1:(\d+) -> 80\n/);
      const page = async () =>
        (await fetch(`http://127.0.0.1:${port}/index.html`, { keepalive: false })).text();
      const pages = await Promise.all(Array.from({ length: 6 }, page));
      expect(pages).toEqual(Array(6).fill("hello\n"));
      expect(await forward.interrupt()).toBe(0);
      expect(accepted() - before).toBeLessThanOrEqual(3);
      expect(mine()).toBe(folders);
      host.uninstall("hull");
    });
  },
);

const tunnels = sshd ? describe : describe.skip;

tunnels(sshd ? "hull tunnel" : "hull tunnel [there is no sshd (Debian package openssh-server)]", () => {
  const environment = () => host.environment;
  const get = async (url: string) =>
    (await fetch(url, { keepalive: false, signal: AbortSignal.timeout(8000) })).text();

  test("goes to a port that was never published, and opens the browser", async () => {
    host.install("hull");
    const name = engine.name("hidden");
    const script = "echo hidden >/tmp/index.html; exec httpd -f -p 127.0.0.1:8000 -h /tmp";
    await engine.ok("run", "-d", "--init", "--name", name, "--expose", "8000", "busybox", "sh", "-c", script);
    const opened = join(host.directory, "opened");
    const browser = join(host.bin, "browser");
    writeFileSync(browser, `#!/bin/sh\necho "$1" >${opened}\n`, { mode: 0o755 });
    await using hull = new RunningHull(["tunnel", `root@${host.address}:${host.odd}`, name, "--open"], {
      env: { ...environment(), BROWSER: browser },
    });
    const [, url = ""] = await hull.printed(/^(http:\/\/localhost:\d+) -> port 8000 inside of \S+ on \S+\n/);
    expect(await get(`${url}/index.html`)).toBe("hidden\n");
    await until(
      "the browser was called",
      async () => existsSync(opened) && readFileSync(opened, "utf8") === `${url}\n`,
    );
    expect(await hull.interrupt()).toBe(0);
    expect(get(url)).rejects.toThrow();
  });

  test("goes to a published port by ssh alone, is back after the link dropped, and ends cleanly", async () => {
    host.install("hull");
    const name = engine.name("published");
    const options = ["--init", "--name", name, "-p", "127.0.0.1::8000"];
    await engine.ok("run", "-d", ...options, "busybox", "sleep", "3600");
    const port = Number((await engine.ok("port", name, "8000/tcp")).split(":").at(-1));
    // The published port of the far machine: the engine's own network is another one, so this stands for it.
    const server = `Bun.serve({ hostname: "127.0.0.1", port: ${port}, fetch: () => new Response("published") });`;
    const enter = ["ip", "netns", "exec", host.namespace];
    await using served = Bun.spawn([...enter, process.execPath, "-e", server]);
    await using hull = new RunningHull(["tunnel", `root@${host.address}`, name, "--local", "127.0.0.1:0"], {
      env: environment(),
    });
    const [, url = ""] = await hull.printed(new RegExp(`^(http://localhost:\\d+) -> port ${port} of `));
    await until("it answers", async () => (await get(url).catch(() => "")) === "published");
    await host.drop([served.pid]);
    await hull.printed(/link to \S+ lost: /);
    const waiting = get(url);
    await host.listen();
    await hull.printed(/link to \S+ is back/);
    expect(await waiting).toBe("published");
    expect(await hull.interrupt()).toBe(0);
  });

  test("says what cannot be reached, and which ports there are to choose from", async () => {
    host.install("hull");
    const name = engine.name("several");
    await engine.ok("create", "--name", name, "--expose", "8000", "--expose", "9000", "busybox");
    const fails = async (...args: string[]) => {
      const { code, err } = await runHull(["tunnel", ...args], { env: environment() });
      return [code, err];
    };
    const vm = `root@${host.address}`;
    expect(await fails(vm, name)).toEqual([
      1,
      `container ${name} has several ports: write ${name}:8000 or ${name}:9000\n`,
    ]);
    expect(await fails(vm, "nobody")).toEqual([1, "Error response from daemon: No such container: nobody\n"]);
    expect(await fails(`${vm}:1`, name)).toEqual([
      1,
      `cannot reach ${vm}:1: ssh: connect to host ${host.address} port 1: Connection refused\n`,
    ]);
    expect(await fails(vm, `${name}:x`)).toMatchObject([1, expect.stringContaining("invalid target")]);
  });
});
