import { expect } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";

const engine = clientEngine();
const test = hullOnly("it stops the engine");

const run = (...command: string[]) => Bun.spawnSync(command, { stdout: "pipe" }).stdout.toString();
const ownLinks = (bridges: readonly string[]) =>
  run("ip", "-brief", "link", "show", "type", "bridge")
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((link) => bridges.includes(link));
const ownTables = () =>
  run("nft", "list", "tables")
    .split("\n")
    .filter((table) => table.includes(engine.own.bridge));

test("an engine that stops with nothing running leaves no bridge and no rule, and makes them again", async () => {
  const network = engine.name("net");
  await engine.ok("network", "create", "--ipv6", network);
  const id = await engine.ok("network", "inspect", "--format", "{{.Id}}", network);
  const bridges = [engine.own.bridge, `br-${id.slice(0, 12)}`];
  expect(ownLinks(bridges).toSorted()).toEqual(bridges.toSorted());
  expect(ownTables()).toHaveLength(2);
  expect(await engine.own.stop()).toBe(0);
  expect(ownLinks(bridges)).toEqual([]);
  expect(ownTables()).toEqual([]);
  await engine.own.start();
  expect(ownLinks(bridges).toSorted()).toEqual(bridges.toSorted());
  expect(await engine.ok("run", "--rm", "--network", network, "busybox", "echo", "again")).toBe("again");
});

test("an engine that stops beside a running container leaves it its network", async () => {
  await engine.sleeper("stays");
  expect(await engine.own.stop()).toBe(0);
  expect(ownLinks([engine.own.bridge])).toEqual([engine.own.bridge]);
  await engine.own.start();
  await engine.ok("exec", engine.name("stays"), "true");
});
