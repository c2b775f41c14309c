import { describe, expect, test } from "bun:test";
import { EngineError } from "../errors/engine-error.ts";
import { encodeFilters, parseFilters } from "./filters.ts";
import { parseGoDuration } from "./go-duration.ts";
import { queryFlag, queryInteger } from "./query-values.ts";
import { encodeFrame, FrameDecoder } from "./stream-frames.ts";
import { parseNanos, parseTime } from "./time-values.ts";
import { parseBody } from "./validate.ts";
import { validateResponse } from "./validate-response.ts";
import { atLeast, checkVersion, negotiate, splitVersion } from "./versions.ts";

const sentenceOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("nothing was thrown");
};

describe("versions", () => {
  test("a prefix is split off, none means the newest", () => {
    expect(splitVersion("/v1.43/info")).toEqual({ version: "1.43", path: "/info" });
    expect(splitVersion("/info")).toEqual({ version: "1.51", path: "/info" });
    expect(splitVersion("/v1.43")).toEqual({ version: "1.43", path: "/" });
    expect(splitVersion("/v1.43x/info").path).toBe("/v1.43x/info");
  });
  test("1.9 is older than 1.24", () => {
    expect(atLeast("1.9", "1.24")).toBe(false);
    expect(atLeast("1.51", "1.44")).toBe(true);
  });
  test("versions outside of what is served get Docker's sentence", async () => {
    expect(await sentenceOf(() => checkVersion("1.99"))).toBe(
      "client version 1.99 is too new. Maximum supported API version is 1.51",
    );
    expect(await sentenceOf(() => checkVersion("1.23"))).toBe(
      "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
    );
  });
  test("a client speaks the older of both versions", async () => {
    expect(negotiate("1.41")).toBe("1.41");
    expect(negotiate("1.60")).toBe("1.51");
    expect(await sentenceOf(() => negotiate("1.12"))).toContain("at least 1.24");
  });
});

describe("stream frames", () => {
  test("frames survive any cut", () => {
    const bytes = Buffer.concat([
      encodeFrame("stdout", Buffer.from("hello")),
      encodeFrame("stderr", Buffer.from("")),
      encodeFrame("stderr", Buffer.from("oops")),
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new FrameDecoder();
      const frames = [...decoder.push(bytes.subarray(0, cut)), ...decoder.push(bytes.subarray(cut))];
      expect(frames.map(({ stream, payload }) => [stream, Buffer.from(payload).toString()])).toEqual([
        ["stdout", "hello"],
        ["stderr", ""],
        ["stderr", "oops"],
      ]);
      expect(decoder.pending).toBe(0);
    }
  });
  test("an unknown stream number is refused", () => {
    expect(() => [...new FrameDecoder().push(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0))]).toThrow("unrecognized");
  });
});

describe("filters", () => {
  test("both forms are read, false terms are dropped", () => {
    expect(parseFilters('{"label":["a","b=c"]}').get("label")).toEqual(["a", "b=c"]);
    expect(parseFilters('{"status":{"running":true,"dead":false}}').get("status")).toEqual(["running"]);
    expect(parseFilters("").size).toBe(0);
    expect(parseFilters("null").size).toBe(0);
  });
  test.each(["{", "[]", '{"a":1}', '{"a":[1]}', '{"a":{"b":"c"}}', '"x"'])("%s is refused", async (text) => {
    expect(await sentenceOf(() => parseFilters(text))).toBe("invalid filter");
  });
  test("what is encoded is read again", () => {
    const filters = new Map([["label", ["a=b"]]]);
    expect(parseFilters(encodeFilters(filters))).toEqual(filters);
  });
});

describe("times and durations", () => {
  test.each([
    ["1h30m", 5400],
    ["1.5s", 1.5],
    ["-10ms", -0.01],
    ["0", 0],
    ["", undefined],
    ["5", undefined],
    ["1h x", undefined],
  ])("duration %p", (text, seconds) => {
    if (seconds === undefined) expect(parseGoDuration(text)).toBeUndefined();
    else expect(parseGoDuration(text)).toBeCloseTo(seconds);
  });
  test.each([
    ["1136073845.25", 1136073845.25],
    ["1136073845", 1136073845],
    ["2006-01-02T15:04:05Z", 1136214245],
    ["2006-01-02T15:04:05.5+02:00", 1136207045.5],
    ["10m", 400],
  ])("time %p", (text, seconds) => {
    expect(parseTime(text, 1000)).toBeCloseTo(seconds);
  });
  test("anything else is refused", async () => {
    expect(parseNanos("1732187026.123456789")).toBe(1732187026123456789n);
    expect(parseNanos("2024-11-21T11:03:46.123456789Z")).toBe(1732187026123456789n);
    expect(await sentenceOf(() => parseNanos("9007199254740992"))).toContain("out of range");
    expect(await sentenceOf(() => parseTime("yesterday"))).toContain('"yesterday"');
    expect(await sentenceOf(() => parseTime("2006-13-02"))).toContain("2006-13-02");
  });
});

describe("query values", () => {
  test("booleans are Docker's", () => {
    const query = new URLSearchParams("a=1&b=0&c=False&d=blah&e=");
    expect(["a", "b", "c", "d", "e", "f"].map((name) => queryFlag(query, name))).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
  });
  test("a number that is none is refused", async () => {
    expect(await sentenceOf(() => queryInteger(new URLSearchParams("t=abc"), "t"))).toContain(
      'parsing "abc": invalid syntax',
    );
    expect(queryInteger(new URLSearchParams("t=-1"), "t")).toBe(-1);
  });
});

describe("request bodies", () => {
  test("nulls and unknown keys are dropped, keys of another case are found", async () => {
    const body = await parseBody("ContainerCreate", {
      image: "busybox",
      Env: null,
      Nonsense: 1,
      HostConfig: { memory: 5, Binds: null, PortBindings: { "80/tcp": null } },
      ExposedPorts: { "80/tcp": null },
    });
    expect(body).toEqual({
      Image: "busybox",
      HostConfig: { Memory: 5, PortBindings: { "80/tcp": [] } },
      ExposedPorts: { "80/tcp": {} },
    });
  });
  test("a command may be one string", async () => {
    expect((await parseBody("ContainerCreate", { Cmd: "true" })).Cmd).toEqual(["true"]);
    expect(await sentenceOf(() => parseBody("ContainerCreate", { Env: "A=B" }))).toBe(
      "invalid JSON: Env must be a list, not a string",
    );
  });
  test.each([
    [{ Image: 1 }, "invalid JSON: Image must be a string, not a number"],
    [[], "invalid JSON: the request body must be an object, not a list"],
    [{ HostConfig: { Memory: "1g" } }, "invalid JSON: HostConfig.Memory must be an integer, not a string"],
    [{ HostConfig: { Memory: 1.5 } }, "invalid JSON: HostConfig.Memory must be an integer, not 1.5"],
    [{ HostConfig: { Memory: 1e30 } }, "invalid JSON: HostConfig.Memory is out of range: 1e+30"],
    [{ Env: [null] }, "invalid JSON: Env[0] must be a string, not null"],
    [{ Labels: { a: 1 } }, 'invalid JSON: Labels["a"] must be a string, not a number'],
    [{ Tty: "yes" }, "invalid JSON: Tty must be a boolean, not a string"],
  ])("%j is refused", async (body, sentence) => {
    expect(await sentenceOf(() => parseBody("ContainerCreate", body))).toBe(sentence);
  });
  test("__proto__ stays a key", async () => {
    const body = await parseBody(
      "ContainerCreate",
      JSON.parse('{"Labels":{"__proto__":"x"},"constructor":1}'),
    );
    expect(Object.entries(body.Labels ?? {})).toEqual([["__proto__", "x"]]);
  });
});

describe("validateResponse", () => {
  test("finds missing and mistyped members", async () => {
    expect(await validateResponse("POST", "/containers/create", 201, { Id: "x", Warnings: [] })).toEqual([]);
    expect(await validateResponse("POST", "/containers/create", 201, { Id: 5 })).toEqual([
      ".Warnings is missing",
      ".Id is not a string: 5",
    ]);
    expect(await validateResponse("GET", "/containers/abc/json", 404, { msg: "x" })).toEqual([
      ".message is missing",
    ]);
    expect(await validateResponse("GET", "/images/a/b/json", 200, { Size: "1" })).toEqual([
      '.Size is not an integer: "1"',
    ]);
    expect(await validateResponse("GET", "/nope", 200, {})).toBeUndefined();
    expect(await validateResponse("POST", "/images/create", 200, {})).toBeUndefined();
  });
});
