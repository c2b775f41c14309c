import { expect, test } from "bun:test";
import { endpointText, parseForwardSpec } from "./forward-spec.ts";

test("parseForwardSpec() understands the notations of ssh and kubectl", () => {
  const spec = (text: string) => {
    const { address, local, remote, protocol } = parseForwardSpec(text);
    return [address, local, remote, protocol];
  };
  expect(spec("80")).toEqual([undefined, undefined, 80, "tcp"]);
  expect(spec("8080:80")).toEqual([undefined, 8080, 80, "tcp"]);
  expect(spec(":80")).toEqual([undefined, 0, 80, "tcp"]);
  expect(spec("0:53/udp")).toEqual([undefined, 0, 53, "udp"]);
  expect(spec("0.0.0.0:8080:80/tcp")).toEqual(["0.0.0.0", 8080, 80, "tcp"]);
  expect(spec("0.0.0.0::80")).toEqual(["0.0.0.0", 0, 80, "tcp"]);
  expect(spec("[::1]:8080:80")).toEqual(["::1", 8080, 80, "tcp"]);
});

test("parseForwardSpec() refuses what is none, quoting it", () => {
  for (const text of ["", "web", "80:web", "70000", "0", "80/sctp", "a:b:c:80", "8080:0", "-1", "80/"]) {
    expect(() => parseForwardSpec(text)).toThrow(`invalid port ${JSON.stringify(text)}: `);
  }
});

test("endpointText() puts IPv6 into brackets", () => {
  expect([endpointText("127.0.0.1", 1), endpointText("::1", 2)]).toEqual(["127.0.0.1:1", "[::1]:2"]);
});
