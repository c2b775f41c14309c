import { describe, expect, test } from "bun:test";
import { resolveUser } from "./user.ts";

const files = {
  passwd: "root:x:0:0:root:/root:/bin/sh\n# comment\nann:x:1000:1001:Ann:/home/ann:/bin/sh\nbroken\n",
  group: "root:x:0:\nwheel:x:10:root,ann\nann:x:1001:\naudio:x:63:ann\n",
};

describe("resolveUser", () => {
  const cases: readonly [
    wish: string,
    groups: string[],
    uid: number,
    gid: number,
    all: number[],
    home: string,
  ][] = [
    ["", [], 0, 0, [0, 10], "/root"],
    ["ann", [], 1000, 1001, [1001, 10, 63], "/home/ann"],
    ["1000", [], 1000, 1001, [1001, 10, 63], "/home/ann"],
    ["ann:wheel", [], 1000, 10, [10], "/home/ann"],
    ["4242", [], 4242, 0, [0], "/"],
    ["4242:77", [], 4242, 77, [77], "/"],
    [":audio", [], 0, 63, [63], "/root"],
    ["ann", ["audio", "99"], 1000, 1001, [1001, 10, 63, 99], "/home/ann"],
  ];
  for (const [wish, groups, uid, gid, additionalGids, home] of cases) {
    test(`${JSON.stringify(wish)} with groups [${groups}]`, () => {
      expect(resolveUser(wish, groups, files)).toEqual({ uid, gid, additionalGids, home });
    });
  }

  test("refuses unknown names in Docker's words", () => {
    expect(() => resolveUser("bob", [], files)).toThrow(
      "unable to find user bob: no matching entries in passwd file",
    );
    expect(() => resolveUser("ann:x", [], files)).toThrow(
      "unable to find group x: no matching entries in group file",
    );
    expect(() => resolveUser("", ["x"], files)).toThrow(
      "Unable to find group x: no matching entries in group file",
    );
    expect(() => resolveUser("2147483648", [], files)).toThrow("uids and gids must be in range 0-2147483647");
    expect(() => resolveUser("-1", [], files)).toThrow("uids and gids must be in range");
  });

  test("works without the files", () => {
    const none = { passwd: "", group: "" };
    expect(resolveUser("", [], none)).toEqual({ uid: 0, gid: 0, additionalGids: [0], home: "/" });
    expect(resolveUser("5:6", ["7"], none)).toEqual({ uid: 5, gid: 6, additionalGids: [6, 7], home: "/" });
  });
});
