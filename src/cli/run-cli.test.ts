import { describe, expect, test } from "bun:test";
import { notFound } from "../errors/engine-error.ts";
import { type CommandTable, command } from "./command.ts";
import { booleanFlag } from "./flags/flag.ts";
import { runCli } from "./run-cli.ts";

const echo = command({
  usage: "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
  flags: { detach: booleanFlag("Run in background", { short: "d" }) },
  interspersed: false,
  arguments: [1, 99],
  async run({ values, positional }, terminal) {
    if (positional[0] === "missing") throw notFound("No such image: missing");
    terminal.out(`${values.detach} ${positional.join(" ")}`);
    return 7;
  },
});

const table: CommandTable = {
  run: { summary: "Run it", group: "common", load: async () => echo },
  container: {
    summary: "Manage containers",
    group: "management",
    subcommands: { run: { summary: "Run it", group: "command", load: async () => echo } },
  },
};

const hull = (...args: string[]) => called("hull", ...args);

async function called(program: string, ...args: string[]) {
  let out = "";
  let err = "";
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  const call = { env: {}, program, holderOfPort: async () => undefined };
  const code = await runCli(args, table, terminal, call);
  return { code, out, err };
}

describe("runCli()", () => {
  test("--version says one line about this program", async () => {
    for (const flag of ["--version", "-v"]) {
      const { code, out } = await hull(flag);
      expect([code, out]).toEqual([0, expect.stringMatching(/^Hull version \d+\.\d+\.\d+, build \S+\n$/)]);
    }
  });

  test("runs a command with its flags and gives its exit code", async () => {
    expect(await hull("run", "-d", "a", "-d")).toEqual({ code: 7, out: "true a -d", err: "" });
    expect(await hull("container", "run", "a")).toEqual({ code: 7, out: "false a", err: "" });
  });

  test("called as docker it answers as docker", async () => {
    expect((await called("docker", "-v")).out).toMatch(/^Docker version \S+, build \S+ \(Hull\)\n$/);
    expect((await called("docker", "run", "--help")).out).toStartWith("Usage:  docker run [OPTIONS] IMAGE");
    expect((await called("docker", "rnu")).err).toStartWith("docker: unknown command: docker rnu\n");
  });

  test("reads global options in front of the command, and leaves those behind it alone", async () => {
    expect((await hull("-D", "-l", "warn", "-H", "unix:///x", "run", "-d", "a")).code).toBe(7);
    expect(await hull("-l", "loud", "run", "a")).toEqual({
      code: 1,
      out: "",
      err: "Unable to parse logging level: loud\n",
    });
    expect((await hull("run", "-D", "a")).err).toStartWith("unknown shorthand flag: 'D' in -D\n");
    expect((await hull("-H")).err).toStartWith("flag needs an argument: 'H' in -H\n");
  });

  test("answers a mistake in the command line with 125 and where help is", async () => {
    expect(await hull("run", "--foo")).toEqual({
      code: 125,
      out: "",
      err: "unknown flag: --foo\n\nUsage:  hull run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'hull run --help' for more information\n",
    });
    expect(await hull("container", "run")).toEqual({
      code: 1,
      out: "",
      err: "hull: 'hull container run' requires at least 1 argument\n\nUsage:  hull container run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'hull container run --help' for more information\n",
    });
    expect(await hull("-x")).toMatchObject({
      code: 125,
      err: expect.stringMatching(/^unknown shorthand flag: 'x' in -x\n\nUsage: {2}hull \[OPTIONS\] COMMAND/),
    });
  });

  test("names the nearest command for one it does not know", async () => {
    expect(await hull("rnu")).toEqual({
      code: 1,
      out: "",
      err: "hull: unknown command: hull rnu\nDid you mean 'hull run'?\n\nRun 'hull --help' for more information\n",
    });
    expect((await hull("container", "toString")).err).toStartWith(
      "hull: unknown command: hull container toString\n",
    );
  });

  test("prints what a command threw as an error", async () => {
    expect(await hull("run", "missing")).toEqual({
      code: 1,
      out: "",
      err: "No such image: missing\n",
    });
  });

  test("prints help for the whole, a group and a command", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      expect((await hull(...args)).out).toContain("  container   Manage containers");
    }
    expect((await hull("container")).out).toStartWith(
      "Usage:  hull container COMMAND\n\nManage containers\n",
    );
    const help =
      "Usage:  hull run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun it\n\nAliases:\n  hull container run, hull run\n\nOptions:\n  -d, --detach   Run in background\n";
    expect(await hull("run", "--help")).toEqual({ code: 0, out: help, err: "" });
  });
});
