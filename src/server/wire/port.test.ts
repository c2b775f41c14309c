import { expect, test } from "bun:test";
import { portSpecs } from "./port.ts";

const one = { HostIp: "127.0.0.1", HostPort: "8080", ContainerPort: 80, Protocol: "udp" };

test("portSpecs fills in what is absent", () => {
  expect(portSpecs({ Ports: [one, { ContainerPort: 81 }] }, { containerPort: true })).toEqual([
    { HostIp: "127.0.0.1", HostPort: "8080", containerPort: 80, protocol: "udp" },
    { HostIp: "", HostPort: "", containerPort: 81, protocol: "tcp" },
  ]);
  expect(
    portSpecs({ Ports: [{ HostPort: "80" }] }, { containerPort: false })[0]?.containerPort,
  ).toBeUndefined();
});

test.each([
  [undefined, "Ports must be a list"],
  [{ Ports: {} }, "Ports must be a list"],
  [{ Ports: ["80"] }, "Ports must hold objects"],
  [{ Ports: [{ ...one, HostPort: 80 }] }, "HostIp and HostPort must be strings"],
  [{ Ports: [{ ...one, Protocol: "icmp" }] }, 'invalid protocol "icmp"'],
  [{ Ports: [{ HostPort: "80" }] }, "invalid container port undefined"],
  [{ Ports: [{ ...one, ContainerPort: -1 }] }, "invalid container port -1"],
])("portSpecs refuses %j", (body, words) => {
  expect(() => portSpecs(body, { containerPort: true })).toThrow(words);
});
