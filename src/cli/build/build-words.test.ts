import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFlags } from "../flags/parse.ts";
import { buildFlags } from "./build-flags.ts";
import { outputParameter, parseOutput } from "./build-outputs.ts";
import { beyondClassic, classicQuery } from "./build-query.ts";
import { buildVariables } from "./build-variables.ts";
import { agentWanted } from "./lend-agents.ts";
import { readSecret } from "./lend-secrets.ts";
import { readCaches } from "./local-caches.ts";
import { namedContexts } from "./named-contexts.ts";
import { progressKind } from "./show-build.ts";

const flagsOf = (...words: string[]) => parseFlags(buildFlags, words).values;

test("variables: bare ones from the environment, proxies of the configuration behind them", () => {
  const config = { proxies: { default: { httpProxy: "http://p" } } };
  expect(buildVariables(["A=1", "B", "C", "http_proxy=x"], { B: "2" }, config, "")).toEqual({
    A: "1",
    B: "2",
    http_proxy: "x",
    HTTP_PROXY: "http://p",
  });
});

describe("--output", () => {
  test.each([
    ["out", { type: "local", directory: "out" }],
    ["-", { type: "tar", file: "-" }],
    ["type=local,dest=x", { type: "local", directory: "x" }],
    ["type=oci,dest=a.tar", { type: "oci", file: "a.tar" }],
    ["type=docker", { type: "image", push: false, names: [] }],
    ["type=image,push=true", { type: "image", push: true, names: [] }],
  ] as const)("%s", (text, output) => {
    expect(parseOutput(text)).toEqual(output as ReturnType<typeof parseOutput>);
  });

  test("is refused by name where it cannot be", () => {
    expect(() => parseOutput("type=local")).toThrow("dest is required for local exporter");
    expect(() => parseOutput("type=magic,dest=x")).toThrow('output type "magic" is not supported');
    expect(() => parseOutput("type=oci,dest=x,compression=zstd")).toThrow('the option "compression"');
  });

  test("streams are numbered", () => {
    expect(outputParameter([parseOutput("type=image"), parseOutput("out")])).toBe(
      '[{"Type":"image","Attrs":{"push":"false"}},{"Type":"tar","Attrs":{"name":"1"}}]',
    );
  });
});

test("secrets come from files and variables", () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-secret-"));
  try {
    const path = join(directory, "token");
    writeFileSync(path, "abc");
    const text = (words: string, env = {}) => {
      const { id, value } = readSecret(words, env);
      return [id, Buffer.from(value).toString()];
    };
    expect(text(`id=x,src=${path}`)).toEqual(["x", "abc"]);
    expect(text(path)).toEqual(["token", "abc"]);
    expect(text("id=x,env=V", { V: "v" })).toEqual(["x", "v"]);
    expect(text("id=V", { V: "v" })).toEqual(["V", "v"]);
    expect(() => text("id=x,env=V")).toThrow('secret "x": the variable "V" is not set');
    expect(() => text(`id=x,src=${path}.not`)).toThrow(`secret "x": cannot read "${path}.not"`);
    expect(() => text("id=x,what=1")).toThrow("unexpected key 'what' in 'what=1'");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("agents, caches and contexts by name", () => {
  expect(agentWanted("default", { SSH_AUTH_SOCK: "/s" })).toEqual({ id: "default", socket: "/s" });
  expect(agentWanted("git=/t", {})).toEqual({ id: "git", socket: "/t" });
  expect(() => agentWanted("default", {})).toThrow("SSH_AUTH_SOCK is empty");
  expect(readCaches(["a:1", "type=local,src=/c", "type=registry,ref=b,mode=max"], "src")).toEqual({
    parameter: ["a:1", "type=local,name=cache-src-0", "type=registry,ref=b,mode=max"],
    local: [{ name: "cache-src-0", directory: "/c" }],
  });
  expect(
    namedContexts(["a=/tmp", "b=docker-image://x", "c=https://h/r.git#main", "d=oci-layout:///tmp:v1"]),
  ).toEqual({
    parameter: {
      a: "session:context-0",
      b: "docker-image://x",
      c: "https://h/r.git#main",
      d: "session-layout:context-1:v1",
    },
    local: [
      { name: "context-0", directory: "/tmp" },
      { name: "context-1", directory: "/tmp" },
    ],
  });
  expect(() => namedContexts(["a=/nowhere"])).toThrow("failed to get build context a");
});

test("flags as the API takes them, and those a stock engine has not", () => {
  const flags = flagsOf(
    "-t",
    "a",
    "-t",
    "b",
    "-m",
    "64m",
    "--ulimit",
    "nofile=1:2",
    "--label",
    "k=v",
    "--no-cache",
  );
  expect(JSON.parse(JSON.stringify(classicQuery(flags, { A: "1" })))).toEqual({
    t: ["a", "b"],
    nocache: true,
    rm: true,
    memory: 67108864,
    securityopt: [],
    extrahosts: [],
    buildargs: '{"A":"1"}',
    labels: '{"k":"v"}',
    ulimits: '[{"Name":"nofile","Hard":2,"Soft":1}]',
  });
  expect(beyondClassic(flags)).toEqual([]);
  const beyond = flagsOf(
    "--secret",
    "id=x",
    "--check",
    "--platform",
    "linux/amd64,linux/arm64",
    "--load",
    "-o",
    "x",
  );
  expect(beyondClassic(beyond)).toEqual(["--check", "--output", "--platform", "--secret"]);
});

test("--progress, BUILDKIT_PROGRESS and -q", () => {
  expect(progressKind("auto", false, { BUILDKIT_PROGRESS: "plain" })).toBe("plain");
  expect(progressKind("json", false, { BUILDKIT_PROGRESS: "plain" })).toBe("json");
  expect(progressKind("json", true, {})).toBe("quiet");
  expect(() => progressKind("fancy", false, {})).toThrow('invalid progress mode "fancy"');
});
