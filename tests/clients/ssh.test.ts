import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { clientEngine } from "../setup/client-engine.ts";
import { runDocker } from "../setup/docker-cli.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { SshHost, sshd } from "../setup/ssh-host.ts";

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
    const docker = (url: string, ...args: string[]) =>
      runDocker(url, engine.directory, args, { env: host.environment });
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
      for (const url of [host.url(), host.url(host.odd), host.url(undefined, engine.socket)]) {
        const { code, out } = await docker(url, "run", "--rm", "-i", "busybox", "echo", "through ssh");
        expect([code, out]).toEqual([0, "through ssh\n"]);
        expect((await hull(url, ...serverVersion)).code).toBe(0);
      }
      const counted = await runDocker(
        host.url(),
        engine.directory,
        ["run", "--rm", "-i", "busybox", "wc", "-c"],
        {
          env: host.environment,
          stdin: "x".repeat(1_000_000),
        },
      );
      expect(counted.out.trim()).toBe("1000000");
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
      const stranger = `ssh://nobody@${host.address}`;
      const denied = await hull(stranger, ...serverVersion);
      expect(denied.err).toBe(
        `Cannot connect to the engine at ${stranger}: nobody@${host.address}: Permission denied (publickey)\n`,
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
