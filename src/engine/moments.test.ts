import { describe, expect, test } from "bun:test";
import { nanosOf, parseMoment } from "./moments.ts";

test("nanosOf keeps all nine digits and knows zones", () => {
  expect(nanosOf("1970-01-01T00:00:01.000000002Z")).toBe(1_000_000_002n);
  expect(nanosOf("1970-01-01T01:00:00.5+01:00")).toBe(500_000_000n);
  expect(nanosOf("2026-01-01T00:00:00Z")).toBe(1_767_225_600_000_000_000n);
});

describe("parseMoment", () => {
  const now = 1_000_000_000_000_000_000n;

  test.each([
    ["10m", now - 600_000_000_000n],
    ["1136073845", 1_136_073_845_000_000_000n],
    ["1136073845.000000001", 1_136_073_845_000_000_001n],
    ["0", 0n],
    ["2006-01-02T15:04:05Z", 1_136_214_245_000_000_000n],
    ["2006-01-02T15:04:05.123456789+02:00", 1_136_207_045_123_456_789n],
    ["2006-01-02Z", 1_136_160_000_000_000_000n],
    ["2006-01-02T15:04Z", 1_136_214_240_000_000_000n],
  ])("%p", (text, expected) => {
    expect(parseMoment(text, now)).toBe(expected);
  });

  test("a time without a zone is local", () => {
    const local = BigInt(new Date(2006, 0, 2).getTime()) * 1_000_000n;
    expect(parseMoment("2006-01-02", now)).toBe(local);
    expect(parseMoment("2006-01-02T00:00:00", now)).toBe(local);
  });

  test.each([
    ["", "value is empty"],
    ["x", 'failed to parse value as time or duration: "x"'],
    ["2026-13-01", 'parsing time "2026-13-01": month out of range'],
    ["2026-02-30", 'parsing time "2026-02-30": day out of range'],
    ["2026-1-1", 'parsing time "2026-1-1": not a time'],
    ["2026-01-01T25:00:00Z", "time out of range"],
  ])("refuses %p", (text, message) => {
    expect(() => parseMoment(text, now)).toThrow(message);
  });
});
