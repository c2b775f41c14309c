import { describe, expect, test } from "bun:test";
import type { Project } from "../../../compose/model/project.ts";
import { parseFlags } from "../../flags/parse.ts";
import { attachedServices } from "./attached-wish.ts";
import { upFlags } from "./up-flags.ts";
import { scaleArguments, upWish } from "./up-wish.ts";

const settings = { removeOrphans: false, ignoreOrphans: false };
const wish = (line: string, more = {}) =>
  upWish(parseFlags(upFlags, line.split(" ").filter(Boolean)), { ...settings, ...more });

describe("the flags of up", () => {
  test("alone ask for nothing special", () => {
    expect(wish("")).toEqual({
      detach: false,
      onExit: "ignore",
      options: {
        services: [],
        noDependencies: false,
        recreate: "changed",
        recreateDependencies: "changed",
        renewAnonymousVolumes: false,
        removeOrphans: false,
        ignoreOrphans: false,
        scale: new Map(),
        build: "missing",
        pull: "policy",
        quietPull: false,
        quietBuild: false,
        noStart: false,
        timeout: undefined,
        wait: false,
        waitTimeout: undefined,
      },
    });
  });

  test.each([
    ["--wait", { detach: true }],
    ["--exit-code-from web", { onExit: "stop" }],
    ["--abort-on-container-failure --exit-code-from web", { onExit: "stop on failure" }],
  ] as const)("%s", (line, expected) => {
    expect(wish(line)).toMatchObject(expected);
  });

  test.each([
    ["-t 0", { timeout: 0 }],
    ["-V", { recreate: "always", renewAnonymousVolumes: true }],
    ["--no-recreate", { recreate: "never", recreateDependencies: "never" }],
    ["--always-recreate-deps", { recreate: "changed", recreateDependencies: "always" }],
    ["--build", { build: "always" }],
    ["--no-build", { build: "never" }],
    ["--pull if_not_present", { pull: "missing" }],
    [
      "--scale a=2 --scale b=0",
      {
        scale: new Map([
          ["a", 2],
          ["b", 0],
        ]),
      },
    ],
    ["--wait-timeout 5", { waitTimeout: 5 }],
    ["a b", { services: ["a", "b"] }],
  ] as const)("%s", (line, expected) => {
    expect(wish(line).options).toMatchObject(expected);
  });

  test("orphans go where the variable says so, unless the flag does not", () => {
    expect(wish("", { removeOrphans: true }).options.removeOrphans).toBeTrue();
    expect(wish("--remove-orphans=false", { removeOrphans: true }).options.removeOrphans).toBeFalse();
    expect(() => wish("--remove-orphans", { ignoreOrphans: true })).toThrow(
      "cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans",
    );
  });

  test.each([
    ["--abort-on-container-exit --abort-on-container-failure", "--abort-on-container-failure cannot be"],
    ["--wait --attach web", "--wait cannot be combined with --abort-on-container-exit, --attach or"],
    ["--wait --watch", "--wait cannot be combined with --abort-on-container-exit, --abort-on-"],
    ["-d --attach web", "--detach cannot be combined"],
    ["-d --watch", "--detach cannot be combined"],
    ["--build --no-build", "--build and --no-build are incompatible"],
    ["--no-recreate -V", "--no-recreate and --renew-anon-volumes are incompatible"],
    ["--no-recreate --force-recreate", "--force-recreate and --no-recreate are incompatible"],
    ["--no-recreate --always-recreate-deps", "--always-recreate-deps and --no-recreate are incompatible"],
    ["--no-build --watch", "--no-build and --watch are incompatible"],
    ["--attach a --attach-dependencies", "cannot combine --attach and --attach-dependencies"],
    ["--pull sometimes", 'invalid --pull option "sometimes"'],
    ["--scale web=many", 'strconv.Atoi: parsing "many": invalid syntax'],
  ])("%s is refused", (line, message) => {
    expect(() => wish(line)).toThrow(message);
  });
});

test("what scale is given", () => {
  expect(scaleArguments(["web=3", "db=0"])).toEqual(
    new Map([
      ["web", 3],
      ["db", 0],
    ]),
  );
  expect(() => scaleArguments(["web"])).toThrow("invalid scale specifier: web");
  expect(() => scaleArguments(["web=x"])).toThrow("can't parse replica value as int: web=x");
});

describe("whose logs are shown", () => {
  const services = { a: { name: "a" }, b: { name: "b", attach: false }, c: { name: "c" } };
  const project = { services } as unknown as Project;
  const none = { attach: [], noAttach: [], attachDependencies: false };
  const names = (named: readonly string[], flags = {}) => [
    ...attachedServices(project, named, { ...none, ...flags }),
  ];

  test("all that do not ask to be left out, or those that were named", () => {
    expect(names([])).toEqual(["a", "c"]);
    expect(names(["c"])).toEqual(["c"]);
    expect(names(["c"], { attachDependencies: true })).toEqual(["a", "c"]);
    expect(names([], { noAttach: ["a"] })).toEqual(["c"]);
    expect(names([], { attach: ["b"] })).toEqual(["b"]);
  });

  test("what is not there cannot be attached to", () => {
    expect(() => names([], { attach: ["x"] })).toThrow("cannot attach to services not included in up: x");
  });
});
