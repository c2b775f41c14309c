import { posix } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import { parseSignal } from "../containers/signals.ts";
import { exposedPorts } from "./expose-instruction.ts";
import { parseHealthcheck } from "./healthcheck-instruction.ts";
import { jsonStrings } from "./json-form.ts";
import { expandWord, splitWords } from "./words.ts";

type Mutable = { -readonly [Key in keyof ImageRunConfig]: ImageRunConfig[Key] };

/** The configuration being changed, and whether CMD was among the changes so far. */
interface Target {
  readonly config: Mutable;
  hasCommand: boolean;
}

/** `docker commit --change`, `docker import --change`: Dockerfile instructions applied to a configuration. */
export function applyChanges(config: ImageRunConfig, changes: readonly string[]): ImageRunConfig {
  const target: Target = { config: { ...config }, hasCommand: false };
  for (const line of logicalLines(changes)) {
    const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    const instruction = instructions.get(name.toUpperCase());
    if (instruction === undefined) {
      throw invalidArgument(`${name.toLowerCase()} is not a valid change command`);
    }
    instruction(target, rest.trim());
  }
  return target.config;
}

/** Comments and blank lines go, a backslash at the end of a line joins it with the next. */
function logicalLines(changes: readonly string[]): string[] {
  const lines: string[] = [];
  let open = "";
  for (const line of changes.join("\n").split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const continued = /^(.*)\\\s*$/.exec(line);
    if (continued !== null) open += continued[1] ?? "";
    else {
      lines.push((open + line).trim());
      open = "";
    }
  }
  return open.trim() === "" ? lines : [...lines, open.trim()];
}

const instructions: ReadonlyMap<string, (target: Target, text: string) => void> = new Map([
  ["CMD", applyCmd],
  ["ENTRYPOINT", applyEntrypoint],
  ["ENV", applyEnv],
  ["EXPOSE", applyExpose],
  ["HEALTHCHECK", applyHealthcheck],
  ["LABEL", applyLabel],
  ["ONBUILD", applyOnbuild],
  ["SHELL", applyShell],
  ["STOPSIGNAL", applyStopsignal],
  ["USER", applyUser],
  ["VOLUME", applyVolume],
  ["WORKDIR", applyWorkdir],
]);

function applyCmd(target: Target, text: string): void {
  target.config.Cmd = commandLine(target.config, text);
  target.hasCommand = true;
}

/** A new entrypoint drops a command that was not given with it. */
function applyEntrypoint(target: Target, text: string): void {
  target.config.Entrypoint = commandLine(target.config, text);
  if (!target.hasCommand) target.config.Cmd = null;
}

function commandLine(config: ImageRunConfig, text: string): readonly string[] | null {
  const exec = jsonStrings(text);
  if (text === "" || exec?.length === 0) return null;
  return exec ?? [...(config.Shell ?? ["/bin/sh", "-c"]), text];
}

function applyEnv({ config }: Target, text: string): void {
  const env = new Map(variablesOf(config));
  for (const [name, value] of pairs("ENV", text, variablesOf(config))) {
    if (name === "") throw invalidArgument("ENV names can not be blank");
    env.set(name, value);
  }
  config.Env = [...env].map(([name, value]) => `${name}=${value}`);
}

function applyLabel({ config }: Target, text: string): void {
  const labels = { ...config.Labels };
  for (const [name, value] of pairs("LABEL", text, variablesOf(config))) {
    if (name === "") throw invalidArgument("LABEL names can not be blank");
    labels[name] = value;
  }
  config.Labels = labels;
}

function variablesOf(config: ImageRunConfig): ReadonlyMap<string, string> {
  return new Map(
    (config.Env ?? []).map((variable) => {
      const equals = variable.indexOf("=");
      return equals < 0 ? [variable, ""] : [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
}

/** `a=b "c d"=e`, or the old form `a rest of the line`. */
function pairs(
  instruction: string,
  text: string,
  variables: ReadonlyMap<string, string>,
): [string, string][] {
  const words = splitWords(text);
  const [first] = words;
  if (first === undefined) throw invalidArgument(`${instruction} requires at least one argument`);
  if (!first.includes("=")) {
    const [, name = "", value] = /^(\S+)\s+(.*)$/s.exec(text) ?? [];
    if (value === undefined) throw invalidArgument(`${instruction} must have two arguments`);
    return [[expandWord(name, variables), expandWord(value, variables)]];
  }
  return words.map((word) => {
    const equals = word.indexOf("=");
    if (equals < 0) {
      throw invalidArgument(
        `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`,
      );
    }
    return [expandWord(word.slice(0, equals), variables), expandWord(word.slice(equals + 1), variables)];
  });
}

function applyExpose({ config }: Target, text: string): void {
  if (text === "") throw invalidArgument("EXPOSE requires at least one argument");
  const variables = variablesOf(config);
  const words = text.split(/\s+/).flatMap((word) => splitWords(expandWord(word, variables)));
  config.ExposedPorts = { ...config.ExposedPorts, ...exposedPorts(words) };
}

function applyHealthcheck({ config }: Target, text: string): void {
  config.Healthcheck = parseHealthcheck(text);
}

function applyOnbuild({ config }: Target, text: string): void {
  const trigger = (/^\S+/.exec(text)?.[0] ?? "").toUpperCase();
  if (trigger === "") throw invalidArgument("ONBUILD requires at least one argument");
  if (trigger === "ONBUILD") throw invalidArgument("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (trigger === "FROM" || trigger === "MAINTAINER") {
    throw invalidArgument(`${trigger} isn't allowed as an ONBUILD trigger`);
  }
  config.OnBuild = [...(config.OnBuild ?? []), text];
}

function applyShell({ config }: Target, text: string): void {
  const shell = jsonStrings(text);
  if (shell === undefined) throw invalidArgument("SHELL requires the arguments to be in JSON form");
  if (shell.length === 0) throw invalidArgument("SHELL requires at least one argument");
  config.Shell = shell;
}

function applyStopsignal({ config }: Target, text: string): void {
  const signal = oneArgument("STOPSIGNAL", config, text);
  parseSignal(signal);
  config.StopSignal = signal;
}

function applyUser({ config }: Target, text: string): void {
  config.User = oneArgument("USER", config, text);
}

function applyVolume({ config }: Target, text: string): void {
  const paths = jsonStrings(text) ?? text.split(/\s+/).filter((path) => path !== "");
  if (paths.length === 0) throw invalidArgument("VOLUME requires at least one argument");
  const volumes: Record<string, object> = { ...config.Volumes };
  for (const path of paths) {
    const expanded = expandWord(path, variablesOf(config)).trim();
    if (expanded === "") throw invalidArgument("VOLUME specified can not be an empty string");
    volumes[expanded] = {};
  }
  config.Volumes = volumes;
}

/** A relative path goes on from the directory there was. */
function applyWorkdir({ config }: Target, text: string): void {
  const path = oneArgument("WORKDIR", config, text);
  config.WorkingDir = posix.resolve("/", config.WorkingDir ?? "", path);
}

function oneArgument(instruction: string, config: ImageRunConfig, text: string): string {
  if (text === "") throw invalidArgument(`${instruction} requires exactly one argument`);
  return expandWord(text, variablesOf(config));
}
