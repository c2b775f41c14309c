import { describe, expect, test } from "bun:test";
import { shimConfigText } from "./launch.ts";
import { hello, parseState, resize, stdinData } from "./messages.ts";

test("frames are type, length, payload", () => {
  expect([...hello(6)]).toEqual([0x48, 0, 0, 0, 1, 6]);
  expect([...stdinData(Buffer.from("ab"))]).toEqual([0x49, 0, 0, 0, 2, 0x61, 0x62]);
  expect([...resize(300, 80)]).toEqual([0x52, 0, 0, 0, 4, 1, 44, 0, 80]);
});

describe("parseState", () => {
  test("reads every line a shim says", () => {
    expect(parseState("starting")).toEqual({ kind: "starting" });
    expect(parseState("started 42\n")).toEqual({ kind: "started", pid: 42 });
    expect(parseState("failed 1")).toEqual({ kind: "failed", runtimeCode: 1 });
    expect(parseState("exited 137 9 1 1700000000.000000001")).toEqual({
      kind: "exited",
      code: 137,
      signal: 9,
      oomKilled: true,
      finishedAt: "2023-11-14T22:13:20.000000001Z",
    });
  });

  test("knows nothing of anything else", () => {
    expect(parseState("")).toBeUndefined();
    expect(parseState("exit")).toBeUndefined();
  });
});

describe("shimConfigText", () => {
  const config = {
    runtimeCommand: ["runc", "run", "id with space"],
    tty: true,
    openStdin: false,
    stdinOnce: true,
    expectAttached: 2,
    consoleSize: [24, 80],
    log: undefined,
  } as const;

  test("is a line for each wish", () => {
    expect(shimConfigText(config)).toBe(
      "arg runc\narg run\narg id with space\ntty 1\nopen_stdin 0\nstdin_once 1\nexpect_attached 2\nconsole_height 24\nconsole_width 80\nlog_driver none\n",
    );
  });

  test("refuses what would become a line of its own", () => {
    const log = {
      driver: "local",
      path: "/x\ny",
      maxBytes: 0,
      maxFiles: 1,
      compress: false,
      attrs: "",
    } as const;
    expect(() => shimConfigText({ ...config, log })).toThrow("line breaks");
  });
});
