import { expect, test } from "bun:test";
import { absolutePath, archiveName, goFileMode } from "./container-path.ts";

const paths: readonly [string, string, string][] = [
  ["/d", "/d", "d"],
  ["d", "/d", "d"],
  ["/d/", "/d/", "d"],
  ["/d/.", "/d/.", "."],
  ["/d/./", "/d/.", "."],
  ["/", "/", "/"],
  ["/.", "/.", "."],
  [".", "/.", "."],
  ["/a/../b//c", "/b/c", "c"],
  ["../../x", "/x", "x"],
  ["/d/..", "/", "/"],
];
for (const [path, absolute, name] of paths) {
  test(`absolutePath("${path}") and the name entries begin with`, () => {
    expect(absolutePath(path)).toBe(absolute);
    expect(archiveName(absolute)).toBe(name);
  });
}

test("goFileMode() gives the numbers Docker gives", () => {
  expect(goFileMode(0o040755)).toBe(2147484141);
  expect(goFileMode(0o120777)).toBe(134218239);
  expect(goFileMode(0o100644)).toBe(420);
  expect(goFileMode(0o010644)).toBe(33554852);
  expect(goFileMode(0o104755)).toBe(2 ** 23 + 0o755);
  expect(goFileMode(0o041777)).toBe(2 ** 31 + 2 ** 20 + 0o777);
  expect(goFileMode(0o020666)).toBe(2 ** 26 + 2 ** 21 + 0o666);
});
