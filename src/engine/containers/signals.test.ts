import { expect, test } from "bun:test";
import { parseSignal } from "./signals.ts";

test.each([
  ["TERM", 15],
  ["SIGTERM", 15],
  ["sigkill", 9],
  ["9", 9],
  ["64", 64],
  ["RTMIN", 34],
  ["SIGRTMIN+3", 37],
  ["RTMAX", 64],
  ["RTMAX-14", 50],
  ["CHLD", 17],
  ["POLL", 29],
])("signal %s is %d", (text, number) => {
  expect(parseSignal(text)).toBe(number);
});

test.each([
  "",
  "0",
  "65",
  "-9",
  "foo",
  "SIG",
  "RTMIN+31",
  "RTMIN-1",
  "RTMAX+1",
  "toString",
  "SIGSIGTERM",
  "1.5",
])("signal %j is refused", (text) => {
  expect(() => parseSignal(text)).toThrow(`invalid signal: ${text}`);
});
