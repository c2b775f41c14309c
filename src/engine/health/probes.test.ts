import { describe, expect, test } from "bun:test";
import type { ContainerId } from "../../records/container-record.ts";
import { checkHealthcheck, httpTarget, tcpTarget } from "./health-settings.ts";
import { type ProbeTools, runProbe } from "./probes.ts";

const id = "c1" as ContainerId;
const signal = new AbortController().signal;

/** A listener that answers with this text, or refuses. */
function tools(answer: string | undefined, seen: string[] = []): ProbeTools {
  return {
    async exec(_, command) {
      seen.push(command.join("|"));
      if (command[0] === "missing") throw new Error("exec: missing: not found");
      return 7;
    },
    async connect(_, host, port) {
      seen.push(`${host}:${port}`);
      if (answer === undefined) throw new Error("connection refused");
      return {
        output: (async function* () {
          // In small pieces, as a network may deliver it.
          for (let at = 0; at < answer.length; at += 7) yield Buffer.from(answer.slice(at, at + 7));
        })(),
        async write(bytes) {
          seen.push(Buffer.from(bytes).toString());
        },
        close: () => seen.push("closed"),
      };
    },
  };
}

const probe = (test: string[], with_: ProbeTools, shell?: string[]) =>
  runProbe({ id, test, shell }, with_, signal);

test("CMD runs the words, CMD-SHELL the image's shell, and a broken exec is a failed probe", async () => {
  const seen: string[] = [];
  expect(await probe(["CMD", "a", "b c"], tools("", seen))).toEqual({ exitCode: 7, output: "" });
  await probe(["CMD-SHELL", "x && y"], tools("", seen));
  await probe(["CMD-SHELL", "x"], tools("", seen), ["/bin/ash", "-ec"]);
  expect(seen).toEqual(["a|b c", "/bin/sh|-c|x && y", "/bin/ash|-ec|x"]);
  expect(await probe(["CMD", "missing"], tools(""))).toEqual({
    exitCode: -1,
    output: "exec: missing: not found",
  });
});

test("TCP is healthy when somebody listens", async () => {
  const seen: string[] = [];
  expect(await probe(["TCP", "8080"], tools("", seen))).toEqual({
    exitCode: 0,
    output: "connected to 127.0.0.1:8080",
  });
  expect(seen).toEqual(["127.0.0.1:8080", "closed"]);
  expect(await probe(["TCP", "db:5432"], tools(undefined))).toEqual({
    exitCode: 1,
    output: "connect to db:5432: connection refused",
  });
});

describe("HTTP", () => {
  const cases: readonly [string, number, string][] = [
    ["HTTP/1.1 200 OK\r\nA: b\r\n\r\nfine", 0, "200 OK\nfine"],
    ["HTTP/1.0 204 No Content\r\n\r\n", 0, "204 No Content"],
    ["HTTP/1.1 302 Found\r\n\r\n", 0, "302 Found"],
    ["HTTP/1.1 503 Service Unavailable\r\n\r\nbusy", 1, "503 Service Unavailable\nbusy"],
    ["HTTP/1.1 404\r\n\r\n", 1, "404"],
    ["SSH-2.0-x\r\n", 1, "no HTTP answer from localhost:80/h?x=1"],
    ["", 1, "no HTTP answer from localhost:80/h?x=1"],
  ];
  for (const [answer, exitCode, output] of cases) {
    test(JSON.stringify(answer.slice(0, 20)), async () => {
      const seen: string[] = [];
      expect(await probe(["HTTP", "http://localhost/h?x=1"], tools(answer, seen))).toEqual({
        exitCode,
        output,
      });
      expect(seen[1]).toStartWith("GET /h?x=1 HTTP/1.1\r\nHost: localhost\r\n");
      expect(seen.at(-1)).toBe("closed");
    });
  }
});

test("targets are checked when they are given", () => {
  expect(tcpTarget("[::1]:80")).toEqual({ host: "::1", port: 80 });
  expect(httpTarget("http://[::1]:81")).toMatchObject({
    host: "::1",
    port: 81,
    path: "/",
    header: "[::1]:81",
  });
  for (const bad of ["", "host", "host:0", "host:65536", "a:b:c"])
    expect(() => tcpTarget(bad)).toThrow("host:port");
  for (const bad of ["", "/x", "https://a/", "http://u:p@a/"])
    expect(() => httpTarget(bad)).toThrow("http://host");
});

test("checkHealthcheck() refuses with Docker's words", () => {
  expect(() => checkHealthcheck({ Interval: 1 })).toThrow("Interval in Healthcheck cannot be less than 1ms");
  expect(() => checkHealthcheck({ StartInterval: -5 })).toThrow(
    "StartInterval in Healthcheck cannot be less than 1ms",
  );
  expect(() => checkHealthcheck({ Retries: -1 })).toThrow("Retries in Healthcheck cannot be negative");
  expect(() => checkHealthcheck({ Test: ["FOO"] })).toThrow('unknown type "FOO" in Healthcheck');
  expect(() => checkHealthcheck({ Test: ["CMD-SHELL"] })).toThrow("wrong number of arguments");
  expect(() => checkHealthcheck({ Test: ["TCP", "nope"] })).toThrow("host:port");
  checkHealthcheck(undefined);
  checkHealthcheck({});
  checkHealthcheck({ Test: ["NONE"] });
  checkHealthcheck({ Test: ["CMD", "a", "b"], Interval: 1_000_000, Retries: 0 });
});
