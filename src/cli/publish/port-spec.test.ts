import { expect, test } from "bun:test";
import { parseClosingSpec, parsePublishSpec } from "./port-spec.ts";

const said = (text: string) =>
  parsePublishSpec(text).map(
    (port) => `${port.HostIp}|${port.HostPort}|${port.ContainerPort}/${port.Protocol}`,
  );

test.each([
  ["80", ["||80/tcp"]],
  ["8080:80", ["|8080|80/tcp"]],
  ["127.0.0.1:8080:80/udp", ["127.0.0.1|8080|80/udp"]],
  ["127.0.0.1::80", ["127.0.0.1||80/tcp"]],
  ["[::1]:8080:80", ["::1|8080|80/tcp"]],
  ["[::]::80", ["::||80/tcp"]],
  ["8000-8010:80", ["|8000-8010|80/tcp"]],
  ["8000-8001:80-81/SCTP", ["|8000|80/sctp", "|8001|81/sctp"]],
  ["80-81", ["||80/tcp", "||81/tcp"]],
])("parsePublishSpec(%j)", (text, expected) => {
  expect(said(text)).toEqual(expected);
});

test.each(["", "0", "80/icmp", "a:80", "1:2:3:4", "8000-8001:80-82", "1.2.3:80:80", "::1:80:80", "70000:1"])(
  "parsePublishSpec(%j) is refused",
  (text) => {
    expect(() => parsePublishSpec(text)).toThrow(`invalid port ${JSON.stringify(text)}`);
  },
);

test("parseClosingSpec takes the host's port first", () => {
  expect(parseClosingSpec("8080")).toEqual({ HostIp: "", HostPort: "8080", Protocol: "tcp" });
  expect(parseClosingSpec("127.0.0.1:8080")).toMatchObject({ HostIp: "127.0.0.1", HostPort: "8080" });
  expect(parseClosingSpec("8080:80/udp")).toMatchObject({ ContainerPort: 80, Protocol: "udp" });
  expect(parseClosingSpec("[::]:8080:80")).toMatchObject({ HostIp: "::", ContainerPort: 80 });
  expect(() => parseClosingSpec("80-81")).toThrow("one by one");
});
