import { expect, test } from "bun:test";
import { parsePort } from "./port.ts";

test.each([
  ["80", [{ mode: "ingress", target: 80, protocol: "tcp" }]],
  ["8080:80", [{ mode: "ingress", target: 80, published: "8080", protocol: "tcp" }]],
  ["127.0.0.1::80/UDP", [{ mode: "ingress", host_ip: "127.0.0.1", target: 80, protocol: "udp" }]],
  ["[::1]:53:53/sctp", [{ mode: "ingress", host_ip: "::1", target: 53, published: "53", protocol: "sctp" }]],
  ["::1:53:53", [{ mode: "ingress", host_ip: "::1", target: 53, published: "53", protocol: "tcp" }]],
  ["8000-8010:80", [{ mode: "ingress", target: 80, published: "8000-8010", protocol: "tcp" }]],
])("the port %p", (text, ports) => {
  expect(parsePort(text)).toEqual(ports);
});

test("a range becomes a port each, in the order of texts", () => {
  const ports = parsePort("19999-20000:9999-10000");
  expect(ports.map(({ target, published }) => `${published}:${target}`)).toEqual([
    "20000:10000",
    "19999:9999",
  ]);
});

test.each([
  ["80/icmp", "invalid proto: icmp"],
  ["a:80", "invalid hostPort: a"],
  ["80:b", "invalid containerPort: b"],
  ["80:70000", "invalid containerPort: 70000"],
  ["1.2.3:80:80", "invalid IP address: 1.2.3"],
  ["80-82:80-81", "invalid ranges specified for container and host Ports: 80-81 and 80-82"],
  ["90-80:1", "invalid hostPort: 90-80"],
])("%p is no port", (text, sentence) => {
  expect(() => parsePort(text)).toThrow(sentence);
});
