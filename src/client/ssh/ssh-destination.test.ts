import { expect, test } from "bun:test";
import { destinationArguments, formatSshUrl, parseSshDestination, parseSshUrl } from "./ssh-destination.ts";
import { lastWords } from "./ssh-program.ts";

test("parseSshUrl() takes user, host, port and socket apart", () => {
  expect(parseSshUrl("ssh://me@vm:2222/run/hull.sock")).toEqual({
    user: "me",
    host: "vm",
    port: 2222,
    socket: "/run/hull.sock",
  });
  for (const url of ["ssh://vm", "ssh://me@vm", "ssh://vm:22", "ssh://me@[fe80::1]:22", "ssh://vm/x"]) {
    expect(formatSshUrl(parseSshUrl(url))).toBe(url);
  }
  expect(parseSshUrl("ssh://vm/").socket).toBeUndefined();
  expect(parseSshDestination("me@vm:2222")).toEqual(parseSshUrl("ssh://me@vm:2222"));
});

test("parseSshUrl() refuses what ssh could take for something else", () => {
  const wrong: [string, string][] = [
    ["ssh://", "hostname is empty"],
    ["ssh://me:secret@vm", "plain-text password is not supported"],
    ["ssh://vm?x=1", 'query parameters are not allowed: "x=1"'],
    ["ssh://vm#x", 'fragments are not allowed: "x"'],
    ["ssh://-oProxyCommand=x", "is not allowed"],
    ["ssh://-lroot@vm", "is not allowed"],
    ["ssh://vm:0", 'invalid port "0"'],
    ["ssh://vm:ssh", 'invalid port "ssh"'],
    ["ssh://vm/run/my engine.sock", '"/run/my engine.sock" is not allowed'],
    ["ssh://vm/run/$(reboot).sock", "is not allowed"],
  ];
  for (const [url, reason] of wrong) expect(() => parseSshUrl(url)).toThrow(reason);
});

test("destinationArguments() end the options before the host", () => {
  expect(destinationArguments(parseSshUrl("ssh://me@vm:2222"))).toEqual([
    "-l",
    "me",
    "-p",
    "2222",
    "--",
    "vm",
  ]);
});

test("lastWords() leaves out what ssh says by the way", () => {
  expect(
    lastWords(
      "Warning: Permanently added 'vm' (ED25519)\r\nme@vm: Permission denied (publickey).\r\nmux_client_x: y\n",
    ),
  ).toBe("me@vm: Permission denied (publickey)");
  expect(lastWords("")).toBe("");
});
