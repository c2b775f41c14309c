import { describe, expect } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { ComposeProject } from "../setup/compose-project.ts";
import { TwoHosts } from "../setup/two-hosts.ts";
import { until } from "../setup/until.ts";

const machines = new TwoHosts();
const hull = clientEngine({ wrapper: machines.onHost });
const test = hullOnly("dockerd gives a port to one container only");

/** The course's file: three replicas behind one port. */
const course = `
services:
  server:
    image: busybox
    init: true
    command:
      - sh
      - -c
      - |
        mkdir -p /www/cgi-bin && hostname >/www/index.html
        printf '#!/bin/sh\\ntouch /busy; until test -e /go; do sleep 0.1; done; echo; hostname\\n' >/www/cgi-bin/slow && chmod +x /www/cgi-bin/slow
        exec httpd -f -p 5440 -h /www
    ports:
      - 5000:5440
    deploy:
      replicas: 3
`;

const get = (path = "") => machines.get(`http://127.0.0.1:5000/${path}`);

const metIn = async (count: number) => {
  const found: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const word = await get();
    found[word] = (found[word] ?? 0) + 1;
  }
  return found;
};

const untilMet = (replicas: number) =>
  until(`${replicas} answer`, async () => Object.keys(await metIn(replicas * 2)).length === replicas);

describe("replicas of a service with a fixed port", () => {
  test("come up and share it; scaling moves nothing that is open", async () => {
    await using project = new ComposeProject(hull, "course", course);
    await project.ok("up", "-d");
    const names = [1, 2, 3].map((number) => `${project.name}-server-${number}`);
    await untilMet(3);
    expect(Object.values(await metIn(9))).toEqual([3, 3, 3]);
    for (const name of names) expect(await hull.ok("port", name)).toBe("5440/tcp -> 0.0.0.0:5000");
    const pids = await Promise.all(names.map((name) => hull.pid(name)));

    // Nothing is made anew, up or down, and who is being served is served to the end.
    const slow = names.map(() => machines.run("curl -sgm 60 http://127.0.0.1:5000/cgi-bin/slow"));
    await until("all three are at it", async () => {
      const busy = await Promise.all(names.map((name) => hull.shell(name, "ls /")));
      return busy.every((text) => text.includes("busy"));
    });
    const scaled = project.ok("up", "-d", "-t", "60", "--scale", "server=1");
    await until("two of them get nobody new", async () => Object.keys(await metIn(4)).length === 1);
    for (const name of names) await hull.shell(name, "touch /go");
    const answers = await Promise.all(slow);
    expect(new Set(answers).size).toBe(3);
    for (const answer of answers) expect(answer).toMatch(/^[0-9a-f]{12}$/);
    await scaled;
    expect(Object.keys(await metIn(3))).toHaveLength(1);
    await project.ok("up", "-d", "--scale", "server=3");
    await untilMet(3);
    expect(await hull.pid(names[0] ?? "")).toBe(pids[0] ?? 0);
    expect((await project.ok("ps", "-q")).split("\n")).toHaveLength(3);
  });

  test("keep the port from everybody else, who is told why", async () => {
    await using project = new ComposeProject(hull, "mine", course);
    await project.ok("up", "-d", "--scale", "server=1");
    const alone = await hull.fails(125, "run", "--rm", "-p", "5000:80", "busybox", "true");
    expect(alone).toContain("port is already allocated");
    expect(alone).toContain(`which shares it only with those of ${project.name}/server`);
    await using other = new ComposeProject(hull, "other", course);
    const { code, err } = await other.run(["up", "-d"]);
    expect(code).not.toBe(0);
    expect(err).toContain("port is already allocated");
    expect(err).toContain(`which shares it only with those of ${project.name}/server`);
  });

  test("share it with what another Compose made of the service, and not with what it ran once", async () => {
    await using project = new ComposeProject(hull, "mixed", course);
    await project.ok("up", "-d", "--scale", "server=1");
    const labels = ["project", "service"].flatMap((key) => [
      "-l",
      `com.docker.compose.${key}=${key === "project" ? project.name : "server"}`,
    ]);
    const serve = "mkdir -p /www && hostname >/www/index.html && exec httpd -f -p 5440 -h /www";
    const run = ["run", "-d", "--init", ...labels, "-p", "5000:5440"];
    await hull.ok(...run, "--name", hull.name("foreign"), "busybox", "sh", "-c", serve);
    await untilMet(2);
    const once = ["-l", "com.docker.compose.oneoff=True", "busybox", "true"];
    expect(await hull.fails(125, ...run, "--rm", ...once)).toContain("port is already allocated");
    await hull.remove(hull.name("foreign"));
  });

  test("of a range everyone has one", async () => {
    const ranged = course.replace("5000:5440", "5010-5012:5440");
    await using project = new ComposeProject(hull, "ranged", ranged);
    await project.ok("up", "-d");
    const ports = await Promise.all(
      [1, 2, 3].map((number) => hull.ok("port", `${project.name}-server-${number}`)),
    );
    expect(ports.map((text) => text.replace(/.*:/, "")).sort()).toEqual(["5010", "5011", "5012"]);
  });
});
