import type { UpOptions } from "../../../compose/converge/up-options.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import type { ParsedFlags } from "../../flags/parse.ts";
import type { ComposeSettings } from "../settings.ts";
import type { createFlags, UpFlags } from "./up-flags.ts";

/** What the flags of `up` say together. */
export interface UpWish {
  readonly options: UpOptions;
  readonly detach: boolean;
  readonly onExit: "ignore" | "stop" | "stop on failure";
}

type Settings = Pick<ComposeSettings, "removeOrphans" | "ignoreOrphans">;

/** Refuses what contradicts itself, in Docker Compose's words. */
export function upWish({ values, given, positional }: ParsedFlags<UpFlags>, settings: Settings): UpWish {
  const follows = values["exit-code-from"] !== "" && !values["abort-on-container-failure"];
  const stop = values["abort-on-container-exit"] || follows;
  const stopOnFailure = values["abort-on-container-failure"];
  if (stop && stopOnFailure) {
    throw invalidArgument("--abort-on-container-failure cannot be combined with --abort-on-container-exit");
  }
  const { wait, watch, attach } = values;
  const followsLogs = values["attach-dependencies"] || attach.length > 0;
  if (wait && (followsLogs || stop)) {
    throw invalidArgument(
      "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies",
    );
  }
  const detach = values.detach || wait;
  if (values.build && values["no-build"]) throw incompatible("--build", "--no-build");
  if (detach && (followsLogs || stop || stopOnFailure || watch)) {
    throw invalidArgument(
      `--${wait ? "wait" : "detach"} cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch`,
    );
  }
  if (values["no-recreate"]) {
    if (values["renew-anon-volumes"]) throw incompatible("--no-recreate", "--renew-anon-volumes");
    if (values["force-recreate"]) throw incompatible("--force-recreate", "--no-recreate");
    if (values["always-recreate-deps"]) throw incompatible("--always-recreate-deps", "--no-recreate");
  }
  if (values["no-build"] && watch) throw incompatible("--no-build", "--watch");
  if (attach.length > 0 && values["attach-dependencies"])
    throw invalidArgument("cannot combine --attach and --attach-dependencies");
  const { pull, build } = pullOf(values.pull, given.has("pull"), values);
  return {
    detach,
    onExit: stopOnFailure ? "stop on failure" : stop ? "stop" : "ignore",
    options: {
      services: positional,
      noDependencies: values["no-deps"],
      ...recreateOf(values, values["renew-anon-volumes"]),
      recreateDependencies: values["no-recreate"]
        ? "never"
        : values["always-recreate-deps"]
          ? "always"
          : "changed",
      renewAnonymousVolumes: values["renew-anon-volumes"],
      ...orphansOf(values["remove-orphans"], settings),
      scale: scaleOf(values.scale),
      build,
      pull,
      quietPull: values["quiet-pull"],
      quietBuild: values["quiet-build"],
      noStart: values["no-start"],
      timeout: given.has("timeout") ? values.timeout : undefined,
      wait,
      waitTimeout: values["wait-timeout"] > 0 ? values["wait-timeout"] : undefined,
    },
  };
}

type CreateFlags = typeof createFlags & { readonly pull: UpFlags["pull"] };

export function createWish(
  { values, given, positional }: ParsedFlags<CreateFlags>,
  settings: Settings,
): UpOptions {
  if (values.build && values["no-build"]) throw incompatible("--build", "--no-build");
  if (values["force-recreate"] && values["no-recreate"])
    throw incompatible("--force-recreate", "--no-recreate");
  return {
    services: positional,
    noDependencies: false,
    ...recreateOf(values, false),
    recreateDependencies: values["no-recreate"] ? "never" : "changed",
    renewAnonymousVolumes: false,
    ...orphansOf(values["remove-orphans"], settings),
    scale: scaleOf(values.scale),
    ...pullOf(values.pull, given.has("pull"), values),
    quietPull: values["quiet-pull"],
    noStart: true,
    timeout: undefined,
    wait: false,
    waitTimeout: undefined,
  };
}

function incompatible(one: string, other: string) {
  return invalidArgument(`${one} and ${other} are incompatible`);
}

function recreateOf(
  values: { readonly "no-recreate": boolean; readonly "force-recreate": boolean },
  renews: boolean,
): Pick<UpOptions, "recreate"> {
  if (values["no-recreate"]) return { recreate: "never" };
  return { recreate: values["force-recreate"] || renews ? "always" : "changed" };
}

function orphansOf(given: boolean | undefined, { removeOrphans, ignoreOrphans }: Settings) {
  const remove = given ?? removeOrphans;
  if (remove && ignoreOrphans)
    throw invalidArgument("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans");
  return { removeOrphans: remove, ignoreOrphans };
}

/** `--pull build` is one more way to say that everything is to be built. */
function pullOf(
  word: string,
  given: boolean,
  values: { readonly build: boolean; readonly "no-build": boolean },
): Pick<UpOptions, "pull" | "build"> {
  const build = values["no-build"] ? "never" : values.build ? "always" : "missing";
  if (!given) return { pull: "policy", build };
  switch (word) {
    case "always":
    case "missing":
    case "never":
      return { pull: word, build };
    case "if_not_present":
      return { pull: "missing", build };
    case "build":
      return { pull: "policy", build: values["no-build"] ? "never" : "always" };
    default:
      throw invalidArgument(`invalid --pull option ${JSON.stringify(word)}`);
  }
}

function scaleOf(given: readonly string[]): ReadonlyMap<string, number> {
  const scale = new Map<string, number>();
  for (const text of given) {
    const [name = "", count, ...more] = text.split("=");
    if (count === undefined || more.length > 0)
      throw invalidArgument(`invalid --scale option ${JSON.stringify(text)}. Should be SERVICE=NUM`);
    scale.set(name, replicas(count));
  }
  return scale;
}

function replicas(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw invalidArgument(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** `scale web=3 db=1`. */
export function scaleArguments(given: readonly string[]): ReadonlyMap<string, number> {
  const scale = new Map<string, number>();
  for (const text of given) {
    const at = text.indexOf("=");
    const [name, count] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || count === "") throw invalidArgument(`invalid scale specifier: ${text}`);
    if (!/^[+-]?\d+$/.test(count))
      throw invalidArgument(`invalid scale specifier: can't parse replica value as int: ${text}`);
    scale.set(name, Number(count));
  }
  return scale;
}
