import { expect, test } from "bun:test";
import type { PublishedPort } from "../../records/container-record.ts";
import { withBindings, withoutPorts } from "./bindings.ts";

const spec = (HostIp: string, HostPort: string, containerPort = 80) =>
  ({ HostIp, HostPort, containerPort, protocol: "tcp" }) as const;
const open = (hostIp: string, hostPort: number): PublishedPort => ({
  hostIp,
  hostPort,
  containerPort: 80,
  protocol: "tcp",
});

test("withBindings adds beside what is there, finds keys without protocol, and doubles nothing", () => {
  const before = { "80": [{ HostIp: "", HostPort: "8080" }] };
  expect(withBindings(before, [spec("", "8080"), spec("127.0.0.1", "81"), spec("", "82", 90)])).toEqual({
    "80": [
      { HostIp: "", HostPort: "8080" },
      { HostIp: "127.0.0.1", HostPort: "81" },
    ],
    "90/tcp": [{ HostIp: "", HostPort: "82" }],
  });
  expect(withBindings({ "80/tcp": null }, [spec("", "")])["80/tcp"]).toHaveLength(1);
});

test("withoutPorts takes out the binding that opened a port, by number, range, or any", () => {
  const one = { HostIp: "127.0.0.1", HostPort: "81" };
  const range = { HostIp: "", HostPort: "8000-8010" };
  const bindings = { "80/tcp": [one, range], "90/tcp": null };
  expect(withoutPorts(bindings, [open("127.0.0.1", 81)], [open("0.0.0.0", 8003)])).toEqual({
    "80/tcp": [range],
    "90/tcp": null,
  });
  expect(withoutPorts(bindings, [open("0.0.0.0", 8003)], [open("127.0.0.1", 81)])).toEqual({
    "80/tcp": [one],
    "90/tcp": null,
  });
  expect(withoutPorts({ "80/tcp": null }, [open("0.0.0.0", 32768)], [])).toEqual({});
});

test("a binding without an address goes only with the last of its ports", () => {
  const bindings = { "80/tcp": [{ HostIp: "", HostPort: "8080" }] };
  expect(withoutPorts(bindings, [open("::", 8080)], [open("0.0.0.0", 8080)])).toEqual(bindings);
  expect(withoutPorts(bindings, [open("::", 8080), open("0.0.0.0", 8080)], [])).toEqual({});
});
