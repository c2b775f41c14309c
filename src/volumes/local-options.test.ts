import { expect, test } from "bun:test";
import { checkLocalOptions, localMountOf } from "./local-options.ts";
import { anonymousVolumeName, checkVolumeName } from "./volume-name.ts";

const refusals: readonly [Record<string, string>, string][] = [
  [{ foo: "bar" }, 'invalid option: "foo"'],
  [{ type: "nfs" }, 'missing required option: "device"'],
  [{ type: "" }, 'missing required option: "device"'],
  [{ o: "bind" }, 'missing required option: "device"'],
  [{ device: "/x" }, 'missing required option: "type"'],
  [{ type: "none", o: "bind" }, 'missing required option: "device"'],
  [{ size: "10m" }, "quota size requested but no quota support"],
];

for (const [options, message] of refusals) {
  test(`checkLocalOptions() refuses ${JSON.stringify(options)} with Docker's words`, () => {
    expect(() => checkLocalOptions(options)).toThrow(message);
  });
}

test("checkLocalOptions() takes no options and complete ones", () => {
  checkLocalOptions({});
  checkLocalOptions({ type: "tmpfs", device: "tmpfs", o: "size=1m" });
});

test("localMountOf() splits the words and knows plain directories", () => {
  expect(localMountOf({})).toBeUndefined();
  expect(localMountOf({ type: "none", device: "/srv", o: "bind,,ro" })).toEqual({
    type: "none",
    device: "/srv",
    options: ["bind", "ro"],
  });
});

test("checkVolumeName() refuses what Docker refuses", () => {
  for (const name of ["a/b", ".a", "-a", "a b", "ü1", "a\0b", "../x"])
    expect(() => checkVolumeName(name)).toThrow("includes invalid characters for a local volume name");
  expect(() => checkVolumeName("a")).toThrow("volume name is too short");
  expect(() => checkVolumeName("a".repeat(256))).toThrow("too long");
  for (const name of ["ab", "a_b.c-d", "0x", anonymousVolumeName()]) checkVolumeName(name);
});

test("anonymousVolumeName() is 64 hex digits, never twice the same", () => {
  expect(anonymousVolumeName()).toMatch(/^[0-9a-f]{64}$/);
  expect(anonymousVolumeName()).not.toBe(anonymousVolumeName());
});
