import { expect, test } from "bun:test";
import { chooseTarget } from "./choose-port.ts";

const bound = (ip: string, port: string) => [{ HostIp: ip, HostPort: port }];
const container = (
  ports: Record<string, { HostIp: string; HostPort: string }[]>,
  exposed: readonly string[] = [],
) => ({
  NetworkSettings: { Ports: ports },
  Config: { ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])) },
});

test("chooseTarget() takes the port asked for: published, by its number outside, or inside", () => {
  const web = container({ "80/tcp": bound("0.0.0.0", "300"), "81/tcp": bound("10.0.0.5", "301") }, [
    "80/tcp",
    "9/tcp",
  ]);
  expect(chooseTarget("web", web, 80)).toEqual({
    kind: "published",
    host: "127.0.0.1",
    port: 300,
    inside: 80,
  });
  expect(chooseTarget("web", web, 301)).toEqual({
    kind: "published",
    host: "10.0.0.5",
    port: 301,
    inside: 81,
  });
  expect(chooseTarget("web", web, 9)).toEqual({ kind: "inside", inside: 9 });
  expect(chooseTarget("web", web, 77)).toEqual({ kind: "inside", inside: 77 });
});

test("chooseTarget() finds the only port, published before exposed, and lists several", () => {
  const both = [...bound("0.0.0.0", "300"), ...bound("::", "300")];
  expect(
    chooseTarget("web", container({ "80/tcp": both, "53/udp": both }, ["80/tcp", "9/tcp"]), undefined),
  ).toEqual({
    kind: "published",
    host: "127.0.0.1",
    port: 300,
    inside: 80,
  });
  expect(chooseTarget("web", container({}, ["9/tcp", "53/udp"]), undefined)).toEqual({
    kind: "inside",
    inside: 9,
  });
  expect(() => chooseTarget("web", container({}, ["9/tcp", "8/tcp", "53/udp"]), undefined)).toThrow(
    "container web has several ports: write web:8 or web:9",
  );
  expect(() => chooseTarget("web", container({ "53/udp": both }), undefined)).toThrow(
    "container web neither publishes nor exposes a port: write web:PORT",
  );
});

test("chooseTarget() goes inside for a port that is published on [::] alone: no loopback leads to it", () => {
  const six = container({ "80/tcp": bound("::", "300") }, ["80/tcp"]);
  expect(chooseTarget("web", six, undefined)).toEqual({ kind: "inside", inside: 80 });
  expect(chooseTarget("web", six, 300)).toEqual({ kind: "inside", inside: 80 });
  const both = container({ "80/tcp": [...bound("::", "300"), ...bound("0.0.0.0", "301")] });
  expect(chooseTarget("web", both, 80)).toEqual({
    kind: "published",
    host: "127.0.0.1",
    port: 301,
    inside: 80,
  });
});
