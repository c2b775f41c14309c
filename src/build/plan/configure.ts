import { posix } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { durationText } from "../../lib/duration-text.ts";
import type { Healthcheck } from "../../oci/image-config.ts";
import { exposedPorts } from "../dockerfile/exposed-ports.ts";
import { healthcheckConfig } from "../dockerfile/healthcheck-config.ts";
import type { CommandForm, Instruction } from "../dockerfile/instruction.ts";
import { goQuotedWords, goSet, goWords } from "./go-words.ts";
import { type MutableConfig, type StageDraft, shellOf } from "./stage-draft.ts";

/** Instructions that change the configuration and make no files. */
export type ConfigInstruction = Exclude<
  Instruction,
  { name: "FROM" | "ARG" | "RUN" | "COPY" | "ADD" | "WORKDIR" }
>;

export interface WordExpander {
  /** One value. */
  value(word: string): string;
  /** Cut at its blanks after variables were put in. */
  words(word: string): readonly string[];
}

/** Changes the draft's configuration; gives what stands in the history. */
export function configure(draft: StageDraft, instruction: ConfigInstruction, expand: WordExpander): string {
  const { config } = draft;
  switch (instruction.name) {
    case "ENV":
      return setEnv(draft, instruction.pairs, expand);
    case "LABEL":
      return setLabels(config, instruction.pairs, expand);
    case "CMD":
      config.Cmd = commandWords(draft, instruction.command);
      draft.hasCommand = true;
      return `CMD ${goQuotedWords(config.Cmd)}`;
    case "ENTRYPOINT":
      config.Entrypoint = commandWords(draft, instruction.command);
      if (!draft.hasCommand) delete config.Cmd;
      return `ENTRYPOINT ${goQuotedWords(config.Entrypoint)}`;
    case "SHELL":
      config.Shell = instruction.words;
      return `SHELL ${goWords(instruction.words)}`;
    case "USER":
      config.User = expand.value(instruction.user);
      return `USER ${config.User}`;
    case "VOLUME":
      return addVolumes(config, instruction.paths.map(expand.value));
    case "EXPOSE":
      return expose(config, instruction.ports.flatMap(expand.words));
    case "STOPSIGNAL":
      config.StopSignal = expand.value(instruction.signal);
      return `STOPSIGNAL ${config.StopSignal}`;
    case "HEALTHCHECK":
      config.Healthcheck = healthcheckConfig(instruction);
      return `HEALTHCHECK ${healthWords(config.Healthcheck)}`;
    case "ONBUILD":
      config.OnBuild = [...(config.OnBuild ?? []), instruction.trigger];
      return `ONBUILD ${instruction.trigger}`;
    case "MAINTAINER":
      draft.author = expand.value(instruction.author);
      return `MAINTAINER ${draft.author}`;
    default:
      return instruction satisfies never;
  }
}

type Pairs = readonly { readonly key: string; readonly value: string }[];

/** All values of one instruction see the environment as it was before it. */
function setEnv(draft: StageDraft, pairs: Pairs, expand: WordExpander): string {
  const values = pairs.map(({ key, value }) => [expand.value(key), expand.value(value)] as const);
  for (const [name, value] of values) {
    if (name === "") throw invalidArgument("ENV names can not be blank");
    draft.env.set(name, value);
  }
  draft.config.Env = [...draft.env].map(([name, value]) => `${name}=${value}`);
  return `ENV ${values.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

function setLabels(config: MutableConfig, pairs: Pairs, expand: WordExpander): string {
  const values = pairs.map(({ key, value }) => [expand.value(key), expand.value(value)] as const);
  for (const [name] of values) if (name === "") throw invalidArgument("LABEL names can not be blank");
  config.Labels = { ...config.Labels, ...Object.fromEntries(values) };
  return `LABEL ${values.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

export function commandWords(draft: StageDraft, command: CommandForm): readonly string[] {
  return command.form === "exec" ? command.words : [...shellOf(draft), command.line];
}

function addVolumes(config: MutableConfig, paths: readonly string[]): string {
  const volumes: Record<string, object> = { ...config.Volumes };
  for (const path of paths) {
    if (path.trim() === "") throw invalidArgument("VOLUME specified can not be an empty string");
    volumes[path.trim()] = {};
  }
  config.Volumes = volumes;
  return `VOLUME ${goWords(paths)}`;
}

function expose(config: MutableConfig, words: readonly string[]): string {
  const ports = exposedPorts(words);
  config.ExposedPorts = { ...config.ExposedPorts, ...Object.fromEntries(ports.map((port) => [port, {}])) };
  return `EXPOSE ${goSet([...new Set(ports)])}`;
}

function healthWords(health: Healthcheck): string {
  const { Interval = 0, Timeout = 0, StartPeriod = 0, StartInterval = 0, Retries = 0 } = health;
  const durations = [Interval, Timeout, StartPeriod, StartInterval].map(
    (value) => `"${durationText(value)}"`,
  );
  const retries = `'\\x${Retries.toString(16).padStart(2, "0")}'`;
  return `&{${goQuotedWords(health.Test ?? [])} ${durations.join(" ")} ${retries}}`;
}

export const absoluteFrom = (config: MutableConfig, path: string): string =>
  posix.resolve("/", config.WorkingDir ?? "", path);
