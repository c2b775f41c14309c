import { beforeAll, describe, expect, test } from "bun:test";
import { clientEngine } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";

const engine = clientEngine();

/** `hull X` and `docker X` against the same engine must print the same bytes and end with the same code. */
beforeAll(async () => {
  const name = (word: string) => engine.name(word);
  const ports = ["-p", "127.0.0.1::80", "-p", "127.0.0.1::81/udp", "--expose", "90-92"];
  const labels = ["-l", "b=2", "-l", "a.long-label=1"];
  const mounts = ["-v", "/a-volume", "-v", `${engine.directory}:/a/long/path/in/there`];
  const long = "sleep 1000; echo a command that is too long for its column";
  await engine.ok("network", "create", "--label", "a=b", name("net10"));
  await engine.ok("network", "create", "--internal", name("net9"));
  await engine.ok(
    "run",
    "-d",
    "--init",
    "--name",
    name("up"),
    ...ports,
    ...labels,
    ...mounts,
    "busybox",
    "sh",
    "-c",
    long,
  );
  await engine
    .ok("run", "--name", name("done"), "--network", name("net10"), "busybox", "sh", "-c", "exit 3")
    .catch(() => {});
  await engine.ok("create", "--name", name("made"), "busybox", 'echo "quoted" <&>');
  for (const tag of ["one:1", "one:2", "two:latest"]) await engine.ok("tag", "busybox", name(tag));
  await engine.ok("commit", name("done"));
});

const tables: string[][] = [
  ["ps"],
  ["ps", "-a"],
  ["ps", "-aq"],
  ["ps", "-as"],
  ["ps", "-a", "--no-trunc"],
  ["ps", "-l"],
  ["ps", "-n", "2"],
  ["ps", "--format", "json"],
  ["ps", "-a", "--format", "raw"],
  [
    "ps",
    "-a",
    "--format",
    "{{.Names}}\t{{.Ports}}|{{.Mounts}}|{{.LocalVolumes}}|{{.Networks}}|{{.Labels}}|{{.CreatedAt}}",
  ],
  ["ps", "-a", "--format", 'table {{.ID}}\t{{.Label "a.long-label"}}\t{{.State}}\t{{.Size}}'],
  ["ps", "-a", "--format", "{{json .}}"],
  ["ps", "-a", "--format", '{{if eq .State "running"}}{{upper .Names}}{{else}}-{{end}}'],
  ["ps", "-a", "--filter", "status=exited", "--filter", "exited=3"],
  ["ps", "-q", "--format", "json"],
  ["container", "ls", "-a"],
  ["images"],
  ["images", "-a"],
  ["images", "-q"],
  ["images", "--no-trunc"],
  ["images", "--digests"],
  ["images", "--format", "json"],
  ["images", "--format", "table {{.ID}}\t{{.Repository}}:{{.Tag}}\t{{.CreatedAt}}\t{{.VirtualSize}}"],
  ["images", "--filter", "dangling=true"],
  ["images", "busybox"],
  ["image", "ls", "nothing-of-that-name"],
  ["network", "ls"],
  ["network", "ls", "-q"],
  ["network", "ls", "--no-trunc"],
  ["network", "ls", "--format", "json"],
  [
    "network",
    "ls",
    "--format",
    "table {{.Name}}\t{{.Internal}}\t{{.IPv4}}\t{{.IPv6}}\t{{.Labels}}\t{{.CreatedAt}}",
  ],
  ["network", "ls", "--filter", "driver=bridge"],
  ["network", "inspect", "bridge"],
  ["network", "inspect", "bridge", "nobody", "host"],
  ["network", "inspect", "-f", "{{.Name}} {{range .IPAM.Config}}{{.Subnet}}{{end}}", "bridge"],
  ["network", "inspect", "-f", "json", "none"],
  ["network", "rm", "nobody"],
  ["network", "rm", "-f", "nobody"],
  ["network", "rm", "bridge"],
  ["network", "create", "bridge"],
  ["network", "create", "x", "--gateway", "10.1.0.1"],
  ["network", "create", "x", "--subnet", "10.1.0.0/24", "--gateway", "10.2.0.1"],
  ["network", "create", "x", "--subnet", "10.1.0.0/24", "--subnet", "10.1.0.0/16"],
  ["network", "connect", "nobody", "nobody"],
  ["network", "disconnect", "bridge", "nobody"],
  ["port", "UP"],
  ["port", "UP", "80"],
  ["port", "UP", "81/udp"],
  ["port", "UP", "82"],
  ["port", "nobody"],
];

/** The docker program takes the names of an image from a Go map: they come in any order. */
const ordered = (args: readonly string[], out: string) =>
  args.some((word) => word.startsWith("image")) ? out.split("\n").sort().join("\n") : out;

/** `network rm` of the docker program ends with a line of its own making. */
const plain = (text: string) =>
  text
    .replaceAll("docker", "hull")
    .replace(/^exit status 1\n/m, "")
    .replace(/^Did you mean .*\n/gm, "");

describe("hull prints what docker prints", () => {
  test.each(tables)("%s %s %s %s", async (...words) => {
    const args = words
      .filter((word) => typeof word === "string")
      .map((word) => (word === "UP" ? engine.name("up") : word));
    const both = async () => {
      const [hull, docker] = await Promise.all([
        runHull(args, { env: { DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.directory } }),
        engine.docker(...args),
      ]);
      return { hull, docker };
    };
    let { hull, docker } = await both();
    // A second may have ended between the two: "3 seconds ago" and "4 seconds ago".
    for (let i = 0; i < 5 && ordered(args, hull.out) !== ordered(args, docker.out); i++) {
      ({ hull, docker } = await both());
    }
    expect({ args, code: hull.code, out: ordered(args, hull.out), err: plain(hull.err) }).toEqual({
      args,
      code: docker.code,
      out: ordered(args, docker.out),
      err: plain(docker.err),
    });
  });

  test("networks made, joined, left and removed by hull are as docker would have made them", async () => {
    const env = { DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.directory };
    const hull = async (...args: string[]) => {
      const { code, out, err } = await runHull(args, { env });
      expect([args, code, err]).toEqual([args, 0, ""]);
      return out.trim();
    };
    const options = ["--subnet", "10.249.7.0/24", "--gateway", "10.249.7.9", "--aux-address", "a=10.249.7.3"];
    const more = [
      "--ip-range",
      "10.249.7.128/25",
      "--label",
      "x=y",
      "--internal",
      "-o",
      "com.docker.network.driver.mtu=1400",
    ];
    const made = async (create: (...args: string[]) => Promise<string>) => {
      const name = engine.name("made-by");
      const id = await create("network", "create", ...options, ...more, name);
      const [network] = JSON.parse(await engine.ok("network", "inspect", name)) as Record<string, unknown>[];
      await create("network", "connect", "--alias", "al", "--ip", "10.249.7.200", name, engine.name("up"));
      const { NetworkSettings: settings } = await engine.inspect(engine.name("up"));
      const { Aliases: aliases, IPAddress: address } = settings?.Networks?.[name] ?? {};
      await create("network", "disconnect", "-f", name, engine.name("up"));
      expect(await create("network", "rm", name)).toBe(name);
      expect(network?.Id).toBe(id);
      return { ...network, Id: "", Created: "", aliases, address };
    };
    expect(await made(hull)).toEqual(await made((...args) => engine.ok(...args)));
    await hull("network", "create", engine.name("unused"));
    const asked = await runHull(["network", "prune"], { env, stdin: "n\n" });
    expect(asked.out).toContain("Are you sure you want to continue? [y/N] ");
    expect(await hull("network", "prune", "-f")).toContain(`Deleted Networks:\n`);
    expect(await hull("network", "ls", "-q", "--filter", `name=${engine.name("unused")}`)).toBe("");
  });
});
