import { expect, test } from "bun:test";
import { classOf, exposureWarning, reachOf } from "./reach.ts";

test.each([
  ["127.0.0.1", "loopback"],
  ["127.9.9.9", "loopback"],
  ["::1", "loopback"],
  ["10.0.0.1", "lan"],
  ["172.16.0.1", "lan"],
  ["172.32.0.1", "world"],
  ["192.168.1.1", "lan"],
  ["169.254.1.1", "lan"],
  ["100.64.0.1", "lan"],
  ["100.128.0.1", "world"],
  ["8.8.8.8", "world"],
  ["fd00::1", "lan"],
  ["fe80::1", "lan"],
  ["2001:db8::1", "world"],
])("classOf(%j) is %s", (address, expected) => {
  expect(classOf(address)).toBe(expected as ReturnType<typeof classOf>);
});

const host = ["127.0.0.1", "::1", "192.168.1.5", "203.0.113.9", "fe80::5"].map((address) => ({
  link: "eth0",
  address,
}));

test("reachOf: every address, one, loopback of IPv6 by a proxy only", () => {
  expect(reachOf({ hostIp: "0.0.0.0" }, "kernel", host)).toEqual({
    reach: ["loopback", "lan", "world"],
    addresses: ["192.168.1.5", "203.0.113.9"],
  });
  expect(reachOf({ hostIp: "::" }, "kernel", host).reach).toEqual(["lan"]);
  expect(reachOf({ hostIp: "::" }, "both", host).reach).toEqual(["loopback", "lan"]);
  expect(reachOf({ hostIp: "192.168.1.5" }, "kernel", host)).toEqual({
    reach: ["lan"],
    addresses: ["192.168.1.5"],
  });
  expect(reachOf({ hostIp: "127.0.0.1" }, "kernel", host)).toEqual({ reach: ["loopback"], addresses: [] });
  expect(reachOf({ hostIp: "0.0.0.0" }, "kernel", []).reach).toEqual(["loopback"]);
});

test("exposureWarning is about databases that others can reach", () => {
  const port = { hostIp: "0.0.0.0", hostPort: 1, containerPort: 6379, protocol: "tcp" } as const;
  expect(exposureWarning(port, ["loopback", "lan"])).toStartWith("Redis is open to the local network");
  expect(exposureWarning(port, ["loopback", "world"])).toStartWith("Redis is open to everybody");
  expect(exposureWarning(port, ["loopback"])).toBeUndefined();
  expect(exposureWarning({ ...port, containerPort: 80 }, ["world"])).toBeUndefined();
});
