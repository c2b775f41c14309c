import { createHash } from "node:crypto";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import type { Platform } from "../../oci/platform.ts";
import { expandWord, expandWords } from "../dockerfile/expand-word.ts";
import type { Instruction, InstructionOf } from "../dockerfile/instruction.ts";
import { parseTrigger } from "../dockerfile/parse-dockerfile.ts";
import { absoluteFrom, configure, type WordExpander } from "./configure.ts";
import type { Operation } from "./operation.ts";
import { planRun } from "./plan-run.ts";
import { planTransfer } from "./plan-transfer.ts";
import type { PlanInput } from "./planning.ts";
import { located } from "./problems.ts";
import { type PlannedStage, type StageDraft, scopeOf, variablesOf, withPath } from "./stage-draft.ts";

/** What a stage needs of the rest of the plan. */
export interface StageSetting {
  readonly input: PlanInput;
  /** Values for `ARG NAME` without a default: arguments above the first FROM, and automatic ones. */
  readonly globals: ReadonlyMap<string, string>;
  readonly epoch: number | undefined;
  readonly fresh: boolean;
  sourceOf(from: string | undefined, platform: Platform): Promise<Operation>;
}

/** Goes through the instructions of a stage that has its base, triggers of the base first. */
export async function planInstructions(draft: StageDraft, setting: StageSetting): Promise<PlannedStage> {
  const triggers = (draft.config.OnBuild ?? []).map((trigger) => ({
    ...parseTrigger(trigger),
    range: draft.stage.from.range,
  }));
  delete draft.config.OnBuild;
  const instructions: readonly Instruction[] = [...triggers, ...draft.stage.instructions];
  const numbers = numbering(draft, instructions.filter(makesFiles).length + 1);
  addStep(draft, draft.stage.from, numbers, instructions.length + 1);
  for (const instruction of instructions) {
    await located(setting.input.dockerfile.source, instruction.range, async () => {
      const title = `${numbers(makesFiles(instruction))} ${instruction.original}`;
      const operation = await apply(draft, instruction, title, setting);
      if (operation) draft.top = operation;
      draft.state = stateOf(draft.state, draft.history.at(-1)?.created_by ?? "", draft.config);
      draft.steps.push({
        stage: draft.title,
        number: draft.steps.length + 1,
        of: instructions.length + 1,
        title,
        original: instruction.original,
        range: instruction.range,
        ...(operation && { operation }),
        state: draft.state,
      });
    });
  }
  return draft;
}

const makesFiles = ({ name }: Instruction): boolean =>
  name === "RUN" || name === "COPY" || name === "ADD" || name === "WORKDIR";

/** `[build 2/5]` for what makes files, `[build]` for the rest. */
function numbering(draft: StageDraft, of: number): (counts: boolean) => string {
  let number = 0;
  const { title } = draft;
  return (counts) => {
    if (!counts) return title === "" ? "[config]" : `[${title}]`;
    number++;
    return `[${title === "" ? "" : `${title} `}${number}/${of}]`;
  };
}

function addStep(
  draft: StageDraft,
  from: InstructionOf<"FROM">,
  numbers: (counts: boolean) => string,
  of: number,
): void {
  const { top } = draft;
  const isOwn = top.kind === "image";
  const title = `${numbers(true)} ${isOwn ? top.title : from.original}`;
  draft.steps.push({
    stage: draft.title,
    number: 1,
    of,
    title,
    original: from.original,
    range: from.range,
    ...(isOwn && { operation: top }),
    state: draft.state,
  });
}

async function apply(
  draft: StageDraft,
  instruction: Instruction,
  title: string,
  setting: StageSetting,
): Promise<Operation | undefined> {
  const { epoch, fresh, input } = setting;
  const expander = expanderFor(draft, setting);
  const sourceOf = (from: string | undefined) => setting.sourceOf(from, draft.platform);
  switch (instruction.name) {
    case "FROM":
      throw invalidArgument("FROM cannot stand inside of a stage");
    case "ARG":
      return declare(draft, instruction, setting, expander);
    case "RUN": {
      const { operation, words } = await planRun(draft, instruction, {
        input,
        title,
        fresh,
        epoch,
        expand: expander,
        sourceOf,
      });
      return made(draft, words, operation);
    }
    case "COPY":
    case "ADD": {
      const { operation, words } = await planTransfer(draft, instruction, {
        title,
        fresh,
        epoch,
        expand: expander,
        sourceOf,
      });
      return made(draft, words, operation);
    }
    case "WORKDIR":
      return changeDirectory(draft, expander.value(instruction.path), title, setting);
    default:
      return noted(draft, configure(draft, instruction, expander));
  }
}

function made(draft: StageDraft, words: string, operation: Operation): Operation {
  draft.history.push({ created_by: words, comment: buildkitComment, operation });
  return operation;
}

function noted(draft: StageDraft, words: string): undefined {
  draft.history.push({ created_by: words, comment: buildkitComment, empty_layer: true });
  return undefined;
}

/** Tools tell by it how an image was made; entries are BuildKit's word for word. */
const buildkitComment = "buildkit.dockerfile.v0";

function declare(
  draft: StageDraft,
  instruction: InstructionOf<"ARG">,
  { globals, input }: StageSetting,
  expander: WordExpander,
): undefined {
  const words: string[] = [];
  for (const { key, value } of instruction.args) {
    const otherwise = value === undefined ? globals.get(key) : expander.value(value);
    const given = input.request.buildArgs.get(key) ?? otherwise;
    draft.args.set(key, given);
    words.push(given === undefined ? key : `${key}=${given}`);
  }
  return noted(draft, `ARG ${words.join(" ")}`);
}

function changeDirectory(
  draft: StageDraft,
  path: string,
  title: string,
  { epoch, fresh }: StageSetting,
): Operation | undefined {
  if (path === "") throw invalidArgument("WORKDIR requires exactly one argument");
  const directory = absoluteFrom(draft.config, path);
  draft.config.WorkingDir = directory;
  const words = `WORKDIR ${directory}`;
  if (directory === "/") return noted(draft, words);
  const owner = draft.config.User ?? "";
  return made(draft, words, {
    kind: "workdir",
    title,
    ...(fresh && { fresh: true }),
    base: draft.top,
    path: directory,
    ...(owner !== "" && { owner }),
    ...(epoch !== undefined && { epoch }),
  });
}

/** Words of an instruction see the stage as it was before it. */
function expanderFor(draft: StageDraft, setting: StageSetting): WordExpander {
  const scope = scopeOf({ env: new Map(draft.env), args: new Map(draft.args) });
  const options = { escape: setting.input.dockerfile.directives.escape };
  return {
    value: (word) => expandWord(word, scope, options),
    words: (word) => expandWords(word, scope, options),
  };
}

export function stateOf(before: string, what: string, config: ImageRunConfig): string {
  return createHash("sha256")
    .update(JSON.stringify([before, what, config]))
    .digest("hex");
}

/** A draft that begins as a base ends. */
export function draftOn(
  base: Pick<StageDraft, "top" | "author" | "state"> & {
    readonly args?: StageDraft["args"];
    readonly config: ImageRunConfig;
    readonly history: PlannedStage["history"];
  },
  place: Pick<StageDraft, "stage" | "title" | "platform">,
): StageDraft {
  const config = withPath(base.config);
  return {
    ...place,
    top: base.top,
    config,
    env: variablesOf(config.Env),
    args: new Map(base.args),
    author: base.author,
    history: [...base.history],
    steps: [],
    hasCommand: false,
    state: base.state,
  };
}
