import { describe, expect, test } from "bun:test";
import type { WhyFacts } from "./facts.ts";
import { cause } from "./finding.ts";
import { byCause, type Explained, together } from "./same-cause.ts";

describe("together", () => {
  test.each([
    [["web-1"], "web-1"],
    [["web-1", "web-2"], "web-1 and -2"],
    [["web-1", "web-2", "web-10"], "web-1, -2 and -10"],
    [["web-1", "db-1"], "web-1 and db-1"],
    [["web-1", "db-1", "db-2"], "web-1, db-1 and db-2"],
    [["web1", "web2"], "web1 and web2"],
    [["web-1", "web-1-old"], "web-1 and web-1-old"],
  ])("%p is %p", (names, text) => {
    expect(together(names)).toBe(text);
  });
});

describe("byCause", () => {
  const failed = (name: string, says: string, code = 128): Explained => ({
    facts: {
      now: 0,
      container: { Name: `/${name}`, State: { Status: "created", ExitCode: code } },
      image: undefined,
      engineArchitecture: "x86_64",
      log: [],
      events: [],
      program: undefined,
      portHolder: undefined,
      missingVolumes: [],
      missingNetworks: [],
      dependencies: [],
    } satisfies WhyFacts,
    findings: [cause("port-conflict", says)],
  });
  const names = (all: Explained[]) =>
    byCause(all).map((group) => group.map(({ facts }) => facts.container.Name?.slice(1)));

  test("their own names and counts make no difference, what was found does", () => {
    const all = [
      failed("web-1", "web-1 was tried 2 times: the port 80 is taken."),
      failed("web-2", "web-2 was tried 3 times: the port 80 is taken."),
      failed("web-3", "web-3 was tried 2 times: the port 81 is taken."),
      failed("web-4", "web-4 was tried 2 times: the port 80 is taken.", 1),
    ];
    expect(names(all)).toEqual([["web-1", "web-2"], ["web-3"], ["web-4"]]);
  });
});
