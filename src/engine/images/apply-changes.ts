import { posix } from "node:path";
import { DockerfileError } from "../../build/dockerfile/dockerfile-error.ts";
import { expandWord, expandWords } from "../../build/dockerfile/expand-word.ts";
import { exposedPorts } from "../../build/dockerfile/exposed-ports.ts";
import { healthcheckConfig } from "../../build/dockerfile/healthcheck-config.ts";
import type { CommandForm, Instruction, Pair } from "../../build/dockerfile/instruction.ts";
import { parseInstructions } from "../../build/dockerfile/parse-dockerfile.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import { parseSignal } from "../containers/signals.ts";

type Mutable = { -readonly [Key in keyof ImageRunConfig]: ImageRunConfig[Key] };

/** The configuration being changed, and whether CMD was among the changes so far. */
interface Target {
  readonly config: Mutable;
  readonly token: "\\" | "`";
  hasCommand: boolean;
}

/** `docker commit --change`, `docker import --change`: Dockerfile instructions applied to a configuration. */
export function applyChanges(config: ImageRunConfig, changes: readonly string[]): ImageRunConfig {
  const { directives, instructions } = readChanges(changes);
  const target: Target = { config: { ...config }, token: directives.escape, hasCommand: false };
  for (const instruction of instructions) applyInstruction(target, instruction);
  return target.config;
}

const allowed: ReadonlySet<string> = new Set([
  ...["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL"],
  ...["ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
]);

/** Nobody wrote a file, so nobody is told a line of one. */
function readChanges(changes: readonly string[]) {
  try {
    return parseInstructions({ name: "changes", text: changes.join("\n") }, (keyword) => {
      if (!allowed.has(keyword)) throw notAChange(keyword);
    });
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    throw invalidArgument(error.reason, error);
  }
}

const notAChange = (keyword: string) =>
  invalidArgument(`${keyword.toLowerCase()} is not a valid change command`);

function applyInstruction(target: Target, instruction: Instruction): void {
  const { config } = target;
  const expanded = (word: string) => expandWord(word, variablesOf(config), { escape: target.token });
  switch (instruction.name) {
    case "CMD":
      config.Cmd = commandLine(config, instruction.command);
      target.hasCommand = true;
      return;
    case "ENTRYPOINT":
      // A new entrypoint drops a command that was not given with it.
      config.Entrypoint = commandLine(config, instruction.command);
      if (!target.hasCommand) config.Cmd = null;
      return;
    case "ENV":
      config.Env = changedEnvironment(config, expandPairs(instruction.pairs, expanded));
      return;
    case "EXPOSE":
      config.ExposedPorts = { ...config.ExposedPorts, ...portsOf(target, instruction.ports) };
      return;
    case "HEALTHCHECK":
      config.Healthcheck = healthcheckConfig(instruction);
      return;
    case "LABEL":
      config.Labels = { ...config.Labels, ...Object.fromEntries(expandPairs(instruction.pairs, expanded)) };
      return;
    case "ONBUILD":
      config.OnBuild = [...(config.OnBuild ?? []), instruction.trigger];
      return;
    case "SHELL":
      config.Shell = instruction.words;
      return;
    case "STOPSIGNAL":
      config.StopSignal = expanded(instruction.signal);
      parseSignal(config.StopSignal);
      return;
    case "USER":
      config.User = expanded(instruction.user);
      return;
    case "VOLUME":
      config.Volumes = { ...config.Volumes, ...volumesOf(instruction.paths.map(expanded)) };
      return;
    case "WORKDIR":
      // A relative path goes on from the directory there was.
      config.WorkingDir = posix.resolve("/", config.WorkingDir ?? "", expanded(instruction.path));
      return;
    default:
      throw notAChange(instruction.name);
  }
}

function commandLine(config: ImageRunConfig, command: CommandForm): readonly string[] | null {
  if (command.form === "exec") return command.words.length === 0 ? null : command.words;
  return command.line === "" ? null : [...(config.Shell ?? ["/bin/sh", "-c"]), command.line];
}

const expandPairs = (pairs: readonly Pair[], expanded: (word: string) => string) =>
  pairs.map(({ key, value }) => [expanded(key), expanded(value)] as const);

function changedEnvironment(
  config: ImageRunConfig,
  pairs: readonly (readonly [string, string])[],
): readonly string[] {
  const env = new Map([...variablesOf(config), ...pairs]);
  return [...env].map(([name, value]) => `${name}=${value}`);
}

function variablesOf(config: ImageRunConfig): ReadonlyMap<string, string> {
  return new Map(
    (config.Env ?? []).map((variable) => {
      const equals = variable.indexOf("=");
      return equals < 0 ? [variable, ""] : [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
}

function portsOf({ config, token }: Target, words: readonly string[]): Record<string, object> {
  const variables = variablesOf(config);
  const ports = exposedPorts(words.flatMap((word) => expandWords(word, variables, { escape: token })));
  return Object.fromEntries(ports.map((port) => [port, {}]));
}

function volumesOf(paths: readonly string[]): Record<string, object> {
  if (paths.some((path) => path.trim() === "")) {
    throw invalidArgument("VOLUME specified can not be an empty string");
  }
  return Object.fromEntries(paths.map((path) => [path.trim(), {}]));
}
