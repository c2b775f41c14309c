import { expect, test } from "bun:test";
import type { PortMap } from "../../records/container-config.ts";
import { portWishes } from "./port-wishes.ts";

function wishes(PortBindings: PortMap, options: { all?: boolean; exposed?: string[] } = {}) {
  const ExposedPorts = Object.fromEntries((options.exposed ?? []).map((port) => [port, {}]));
  return portWishes(
    { ExposedPorts, Labels: {} },
    { PortBindings, PublishAllPorts: options.all ?? false },
  ).map(
    (wish) =>
      `${wish.hostIp}:${wish.hostPortFirst}-${wish.hostPortLast}->${wish.containerPort}/${wish.protocol}`,
  );
}

test("one host port, a range of them, any of them, an address", () => {
  expect(
    wishes({
      "1/tcp": [{ HostIp: "", HostPort: "" }],
      "2": [{ HostIp: "", HostPort: "8000-8010" }],
      "53/udp": [
        { HostIp: "127.0.0.1", HostPort: "53" },
        { HostIp: "::1", HostPort: "53" },
      ],
    }),
  ).toEqual(["127.0.0.1:53-53->53/udp", "::1:53-53->53/udp", ":8000-8010->2/tcp", ":0-0->1/tcp"]);
});

test("an empty list of bindings wants any port", () => {
  expect(wishes({ "80/tcp": null, "81/tcp": [] })).toEqual([":0-0->80/tcp", ":0-0->81/tcp"]);
});

test("exposed ports are published with -P only, and not twice", () => {
  const options = { exposed: ["80/tcp", "90-91/sctp"] };
  const published = { "80/tcp": [{ HostIp: "", HostPort: "8080" }] };
  expect(wishes(published, options)).toEqual([":8080-8080->80/tcp"]);
  expect(wishes(published, { ...options, all: true })).toEqual([
    ":8080-8080->80/tcp",
    ":0-0->90/sctp",
    ":0-0->91/sctp",
  ]);
});

test("the label that asks for shared ports", () => {
  const PortBindings = { "80/tcp": [{ HostIp: "", HostPort: "80" }] };
  const ranges = {
    "80/tcp": [{ HostIp: "", HostPort: "8000-8009" }],
    "81/tcp": [{ HostIp: "", HostPort: "" }],
  };
  const labels = { "hull.publish-mode": "shared", "hull.publish-group": "shop/web" };
  const wishes = (bindings: typeof PortBindings | typeof ranges) =>
    portWishes({ ExposedPorts: {}, Labels: labels }, { PortBindings: bindings, PublishAllPorts: false });
  expect(wishes(PortBindings)[0]).toMatchObject({ shared: true, group: "shop/web" });
  expect(wishes(ranges).some((wish) => wish.shared)).toBe(false);
  const compose = { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" };
  const ofCompose = (more: Record<string, string>) =>
    portWishes(
      { ExposedPorts: {}, Labels: { ...compose, ...more } },
      { PortBindings, PublishAllPorts: false },
    )[0];
  expect(ofCompose({})).toMatchObject({ shared: true, group: "shop/web" });
  expect(ofCompose({ "com.docker.compose.oneoff": "True" })?.shared).toBeUndefined();
  expect(ofCompose({ "hull.publish-mode": "exclusive" })?.shared).toBeUndefined();
  const shared = (mode: string) =>
    portWishes(
      { ExposedPorts: {}, Labels: { "hull.publish-mode": mode } },
      { PortBindings, PublishAllPorts: false },
    )[0]?.shared;
  expect([shared("shared"), shared("exclusive")]).toEqual([true, undefined]);
});
