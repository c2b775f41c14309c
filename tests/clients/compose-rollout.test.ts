import { describe, expect } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { ComposeProject } from "../setup/compose-project.ts";
import { HttpLoad } from "../setup/http-load.ts";
import { TwoHosts } from "../setup/two-hosts.ts";
import { until } from "../setup/until.ts";

const machines = new TwoHosts();
const hull = clientEngine({ wrapper: machines.onHost });
const test = hullOnly("dockerd gives a port to one container only");

interface Wish {
  readonly version: string;
  readonly port: number;
  readonly replicas?: number;
  readonly update?: string;
  /** What the check is; none where it is empty. */
  readonly check?: string;
  /** How often it may fail; a slow machine needs its time. */
  readonly retries?: number;
}

const healthy = "test -e /www/index.html";

/** Takes a while until it serves, as programs do. */
const yaml = ({ version, port, replicas = 2, update = "", check = healthy, retries = 300 }: Wish) => `
services:
  web:
    image: busybox
    init: true
    environment: { VERSION: "${version}" }
    command: [sh, -c, "sleep 0.3; mkdir -p /www; echo $$VERSION >/www/index.html; exec httpd -f -p 80 -h /www"]
    ports: ["${port}:80"]
    ${check === "" ? "" : `healthcheck: { test: "${check}", interval: 100ms, retries: ${retries} }`}
    deploy:
      replicas: ${replicas}
      update_config: { order: start-first${update} }
`;

const serves = (port: number, word: string) =>
  until(`port ${port} serves ${word}`, async () => {
    return (await machines.get(`http://127.0.0.1:${port}/`)) === word;
  });

const containersOf = async (project: ComposeProject) =>
  (
    await hull.ok(
      "ps",
      "-a",
      "--filter",
      `label=com.docker.compose.project=${project.name}`,
      "--format",
      "{{.Names}}",
    )
  )
    .split("\n")
    .sort();

describe("an update under load", () => {
  test("loses no request, and every container has its name", async () => {
    await using project = new ComposeProject(hull, "update", yaml({ version: "one", port: 5020 }));
    await project.ok("up", "-d", "--wait");
    await serves(5020, "one");
    await using load = new HttpLoad("http://127.0.0.1:5020/", machines.onHost);
    project.write(yaml({ version: "two", port: 5020 }));
    await project.ok("up", "-d");
    await serves(5020, "two");
    const { answers, failures } = await load.report();
    expect(failures).toEqual([]);
    expect(Object.keys(answers).sort()).toEqual(["one", "two"]);
    expect(await containersOf(project)).toEqual([`${project.name}-web-1`, `${project.name}-web-2`]);
    // Nothing is left to do: the other tool, and the next call, find it in order.
    expect(await project.ok("up", "-d")).not.toContain("Recreate");
  });

  test("loses none without a health check either", async () => {
    const wish = { port: 5021, replicas: 1, check: "" };
    await using project = new ComposeProject(hull, "plain", yaml({ ...wish, version: "one" }));
    await project.ok("up", "-d");
    await serves(5021, "one");
    await using load = new HttpLoad("http://127.0.0.1:5021/", machines.onHost);
    project.write(yaml({ ...wish, version: "two" }));
    await project.ok("up", "-d");
    await serves(5021, "two");
    const { answers, failures } = await load.report();
    expect(failures).toEqual([]);
    expect(Object.keys(answers).sort()).toEqual(["one", "two"]);
  });

  test("that fails goes back, says why, and loses none", async () => {
    const wish = { port: 5022, update: ", failure_action: rollback" };
    await using project = new ComposeProject(hull, "failing", yaml({ ...wish, version: "one" }));
    await project.ok("up", "-d", "--wait");
    await serves(5022, "one");
    const before = await hull.ok("ps", "-q", "--no-trunc", "--filter", `name=${project.name}`);
    await using load = new HttpLoad("http://127.0.0.1:5022/", machines.onHost);
    project.write(yaml({ ...wish, version: "two", check: "echo database is away; exit 1", retries: 2 }));
    const { code, err } = await project.run(["up", "-d"]);
    expect(code).toBe(1);
    expect(err).toContain("update of service web rolled back");
    expect(err).toContain("is unhealthy: database is away");
    const dying = yaml({ ...wish, version: "three" });
    project.write(dying.replace("mkdir -p /www;", "echo no room left >&2; exit 9;"));
    const died = await project.run(["up", "-d"]);
    expect([died.code, died.err]).toEqual([
      1,
      expect.stringContaining("ended with exit code 9: no room left"),
    ]);
    const { answers, failures } = await load.report();
    expect(failures).toEqual([]);
    expect(Object.keys(answers)).toEqual(["one"]);
    expect(await hull.ok("ps", "-q", "--no-trunc", "--filter", `name=${project.name}`)).toBe(before);
    expect(await containersOf(project)).toEqual([`${project.name}-web-1`, `${project.name}-web-2`]);
  });
});
