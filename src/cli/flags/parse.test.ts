import { describe, expect, test } from "bun:test";
import { booleanFlag, integerFlag, listFlag, mapFlag, optionalBooleanFlag, stringFlag } from "./flag.ts";
import { parseFlags } from "./parse.ts";

const flags = {
  detach: booleanFlag("Run in background", { short: "d" }),
  interactive: booleanFlag("Keep STDIN open", { short: "i" }),
  tty: booleanFlag("Allocate a pseudo-TTY", { short: "t" }),
  publish: listFlag("Publish a port", { short: "p" }),
  name: stringFlag("Assign a name"),
  "pids-limit": integerFlag("Limit pids"),
  "log-opt": mapFlag("Log options"),
  "sig-proxy": booleanFlag("Proxy signals", { initial: true }),
  init: optionalBooleanFlag("Run an init"),
};

const parse = (...args: string[]) => parseFlags(flags, args);

describe("parseFlags()", () => {
  test("reads long flags with a space and with =", () => {
    const { values, given } = parse("--name", "a", "--pids-limit=7", "--detach");
    expect(values).toMatchObject({ name: "a", "pids-limit": 7, detach: true, tty: false, init: undefined });
    expect([...given].sort()).toEqual(["detach", "name", "pids-limit"]);
  });

  test("reads clusters of switches, the last with a value behind it, glued or after =", () => {
    expect(parse("-it").values).toMatchObject({ interactive: true, tty: true, detach: false });
    expect(parse("-dp", "80:80").values).toMatchObject({ detach: true, publish: ["80:80"] });
    expect(parse("-dp80:80", "-p=81:81").values).toMatchObject({ publish: ["80:80", "81:81"] });
  });

  test("gives a switch a value only behind =", () => {
    const { values, positional } = parse("--sig-proxy=false", "-d=true", "-t", "false", "--init=false");
    expect(values).toMatchObject({ "sig-proxy": false, detach: true, tty: true, init: false });
    expect(positional).toEqual(["false"]);
  });

  test("grows lists and maps, keeps = in values, lets the last plain value win", () => {
    const { values } = parse("--log-opt", "a=b=c", "--log-opt=d", "--name=x", "--name=");
    expect(values["log-opt"]).toEqual({ a: "b=c", d: "" });
    expect(values.name).toBe("");
  });

  test("ends flags at --, and takes - as an argument", () => {
    expect(parse("-", "-d", "--", "-t", "--", "x")).toMatchObject({
      positional: ["-", "-t", "--", "x"],
      values: { detach: true, tty: false },
    });
  });

  test("ends flags at the first argument when not interspersed", () => {
    const { values, positional } = parseFlags(flags, ["-i", "busybox", "ls", "-d"], { interspersed: false });
    expect(positional).toEqual(["busybox", "ls", "-d"]);
    expect(values).toMatchObject({ interactive: true, detach: false });
  });

  test("takes a value that looks like a flag", () => {
    expect(parse("--name", "--detach").values).toMatchObject({ name: "--detach", detach: false });
  });

  test("knows values left out, and what is out of use", () => {
    const notices: string[] = [];
    const more = {
      color: stringFlag("When", { short: "c", initial: "auto", alone: "always" }),
      timeout: integerFlag("Seconds", { short: "t" }),
      time: integerFlag("Seconds", { deprecated: "use --timeout instead" }),
    };
    const read = (...args: string[]) => parseFlags(more, args, { notice: (text) => notices.push(text) });
    const { values, given, positional } = read("--color", "x", "--time", "7");
    expect(values).toMatchObject({ color: "always", time: 7 });
    expect([...given].sort()).toEqual(["color", "time"]);
    expect(positional).toEqual(["x"]);
    expect(notices).toEqual(["Flag --time has been deprecated, use --timeout instead"]);
    expect(read("-c=never").values).toMatchObject({ color: "never" });
    expect(read("-ct5").values).toMatchObject({ color: "always", timeout: 5 });
    // A line that is wrong says only that.
    notices.length = 0;
    expect(() => read("--time", "7", "--foo")).toThrow("unknown flag: --foo");
    expect(notices).toEqual([]);
  });

  test("takes --help as the boolean it is", () => {
    expect(parse("--help=false").help).toBeFalse();
    expect(parse("--help=false", "--help=true").help).toBeTrue();
    expect(() => parse("--help", "--foo")).toThrow("unknown flag: --foo");
  });

  test("notices --help and -h", () => {
    expect(parse("--help").help).toBe(true);
    expect(parse("-dh").help).toBe(true);
    expect(parse("-d").help).toBe(false);
  });

  test.each([
    [["--foo"], "unknown flag: --foo"],
    [["--detahc"], "unknown flag: --detahc"],
    [["--constructor"], "unknown flag: --constructor"],
    [["-x"], "unknown shorthand flag: 'x' in -x"],
    [["-dx5"], "unknown shorthand flag: 'x' in -x5"],
    [["--name"], "flag needs an argument: --name"],
    [["-dp"], "flag needs an argument: 'p' in -p"],
    [["--=x"], "bad flag syntax: --=x"],
    [["---x"], "bad flag syntax: ---x"],
    [
      ["-d=maybe"],
      `invalid argument "maybe" for "-d, --detach" flag: strconv.ParseBool: parsing "maybe": invalid syntax`,
    ],
    [
      ["--pids-limit", "1.5"],
      `invalid argument "1.5" for "--pids-limit" flag: strconv.ParseInt: parsing "1.5": invalid syntax`,
    ],
  ])("refuses %p", (args, message) => {
    expect(() => parse(...args)).toThrow(message);
    try {
      parse(...args);
    } catch (error) {
      expect((error as Error).message).toBe(message);
    }
  });
});
