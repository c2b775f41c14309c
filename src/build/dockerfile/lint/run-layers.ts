import type { Dockerfile, Stage } from "../dockerfile.ts";
import type { Instruction, Run } from "../instruction.ts";
import type { SourceRange } from "../source.ts";
import { type Finding, type Rule, type Subject, textOf } from "./rule.ts";
import { baseStage } from "./scopes.ts";
import {
  commandsOf,
  isAptInstall,
  isAptUpdate,
  isCacheCleanup,
  isRemoval,
  isSystemInstall,
  operands,
} from "./shell-commands.ts";

export const aptUpdateApart: Rule = {
  name: "AptUpdateApart",
  detail:
    "A cached RUN apt-get update keeps the package lists of the day it ran; a later install asks for packages that are gone by then",
  *find(subject) {
    for (const { instructions } of subject.dockerfile.stages) {
      for (const [i, at] of instructions.entries()) {
        if (at.name !== "RUN") continue;
        const commands = commandsOf(at);
        if (!commands.some(isAptUpdate) || commands.some(isAptInstall)) continue;
        const later = instructions.slice(i + 1).find((one) => installs(one));
        if (later === undefined) continue;
        yield {
          message: "apt-get update and apt-get install should be in one RUN",
          range: at.range,
          at,
          ...(later.name === "RUN" && { rewrite: joined(subject, [at, later]) }),
        };
      }
    }
  },
};

const installs = (instruction: Instruction) =>
  instruction.name === "RUN" &&
  commandsOf(instruction).some(isAptInstall) &&
  !commandsOf(instruction).some(isAptUpdate);

export const cleanUpInLaterLayer: Rule = {
  name: "CleanUpInLaterLayer",
  detail: "A layer keeps what it holds: what a later RUN removes is hidden, and carried along all the same",
  *find(subject) {
    for (const stage of shippedStages(subject)) {
      for (const [i, at] of stage.instructions.entries()) {
        if (at.name !== "RUN" || hasOptions(at)) continue;
        const before = stage.instructions.slice(0, i);
        const commands = commandsOf(at);
        const isCleanup =
          commands.length > 0 && commands.every((words) => isCacheCleanup(words) || isRemoval(words));
        if (!isCleanup) continue;
        const maker = makerOf(before, commands);
        if (maker !== undefined) yield laterCleanup(subject, at, maker);
      }
    }
  },
};

/** The instruction whose leavings are removed: an install for its store, a COPY for its files. */
function makerOf(
  before: readonly Instruction[],
  commands: readonly (readonly string[])[],
): Instruction | undefined {
  const paths = commands.flatMap((words) => operands(words.slice(1)));
  const copy = before.findLast(
    (one) =>
      (one.name === "COPY" || one.name === "ADD") &&
      paths.some(
        (path) =>
          path === one.destination ||
          one.sources.some((source) => copiedTo(source, one.destination) === path),
      ),
  );
  if (copy !== undefined || !commands.some(isCacheCleanup)) return copy;
  const runs = before.filter((one) => one.name === "RUN");
  return runs.findLast((run) => commandsOf(run).some(isSystemInstall)) ?? runs.at(-1);
}

const copiedTo = (source: string, destination: string) =>
  destination.endsWith("/") ? destination + source.replace(/^.*\//, "") : destination;

function laterCleanup(subject: Subject, at: Run, maker: Instruction): Finding {
  return {
    message: `What this RUN removes stays in the layer of the ${maker.name} in line ${maker.range.start.line}`,
    range: at.range,
    at,
    rewrite:
      maker.name === "RUN"
        ? joined(subject, [maker, at])
        : `RUN --mount=type=bind,source=<file>,target=/mnt/<file> <the command that needs it>`,
  };
}

export const mergeRunLayers: Rule = {
  name: "MergeRunLayers",
  detail: "Every RUN is a layer of its own, kept and sent whatever the next one changes of it",
  *find(subject) {
    for (const stage of shippedStages(subject)) {
      for (const runs of consecutiveRuns(stage)) {
        const [first] = runs;
        const last = runs.at(-1);
        if (first === undefined || last === undefined || !isWorthMerging(runs)) continue;
        const range: SourceRange = { start: first.range.start, end: last.range.end };
        yield {
          message: `${runs.length} RUN instructions in a row could be one layer`,
          range,
          at: first,
          rewrite: joined(subject, runs),
        };
      }
    }
  },
};

/** Two that both use the package manager, or three of any kind. */
const isWorthMerging = (runs: readonly Run[]) =>
  runs.length >= 3 || (runs.length === 2 && runs.every((run) => commandsOf(run).some(isSystemInstall)));

const hasOptions = (run: Run) =>
  run.mounts.length > 0 || run.network !== "default" || run.security !== "sandbox" || run.heredocs.length > 0;

function consecutiveRuns({ instructions }: Stage): readonly (readonly Run[])[] {
  const groups: Run[][] = [[]];
  for (const instruction of instructions) {
    const isPlain =
      instruction.name === "RUN" && !hasOptions(instruction) && instruction.command.form === "shell";
    if (isPlain) groups.at(-1)?.push(instruction);
    else groups.push([]);
  }
  return groups;
}

/** The last stage and those it is built on: the layers that are kept. */
function shippedStages({ dockerfile, globals }: Subject): readonly Stage[] {
  // A file for Windows: its shells join commands otherwise.
  if (dockerfile.directives.escape === "`") return [];
  const shipped: Stage[] = [];
  for (
    let stage = lastStage(dockerfile);
    stage !== undefined;
    stage = baseStage(dockerfile, stage, globals)
  ) {
    shipped.push(stage);
  }
  return shipped.reverse();
}

const lastStage = ({ stages }: Dockerfile): Stage | undefined => stages.at(-1);

/** One RUN that does what these do, one command after the other. */
export function joined(subject: Subject, runs: readonly Instruction[]): string {
  const bodies = runs.map((run) =>
    textOf(subject, run)
      .replace(/^\S+\s+/, "")
      .trimEnd(),
  );
  return `RUN ${bodies.join(` && ${subject.dockerfile.directives.escape}\n    `)}`;
}
