import { describe, expect, test } from "bun:test";
import { activatedSockets, formatHostAddress, parseHostAddress } from "./host-address.ts";

describe("parseHostAddress()", () => {
  test.each([
    ["unix:///run/a b.sock", "unix:///run/a b.sock"],
    ["tcp://:1", "tcp://127.0.0.1:1"],
    ["tcp://localhost", "tcp://127.0.0.1:2375"],
    ["0.0.0.0:80", "tcp://0.0.0.0:80"],
    ["tcp://[::]:80", "tcp://[::]:80"],
    ["fd://", "fd://"],
    ["fd://*", "fd://"],
    ["fd://hull.socket", "fd://hull.socket"],
  ])("%s is %s", (text, canonical) => {
    expect(formatHostAddress(parseHostAddress(text, false))).toBe(canonical);
  });

  test.each([
    "",
    "unix://",
    "unix://relative",
    "foo://x",
    "tcp://a:b",
    "tcp://a:70000",
    "tcp://a/path",
    "tcp://::1:80",
  ])("refuses %p", (text) => {
    expect(() => parseHostAddress(text, false)).toThrow(`Invalid bind address format: ${text}`);
  });
});

describe("activatedSockets()", () => {
  const env = { LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "api:debug" };

  test("gives the descriptors meant for this process, all or by name", () => {
    expect(activatedSockets("", env, 7)).toEqual([3, 4]);
    expect(activatedSockets("debug", env, 7)).toEqual([4]);
    expect(activatedSockets("3", env, 7)).toEqual([3]);
  });

  test("refuses sockets of another process and unknown names", () => {
    expect(() => activatedSockets("", env, 8)).toThrow("socket activation");
    expect(() => activatedSockets("other", env, 7)).toThrow(`no socket named "other"`);
  });
});
