import type { BuildFinding, BuildInstruction, BuildMessage } from "../../../protocol/build-messages.ts";
import { LastLines } from "./last-lines.ts";

/** A step as it stands now. */
export interface StepView {
  readonly id: number;
  /** In the order in which steps were begun; 0 while it was not. */
  number: number;
  readonly title: string;
  readonly instruction: BuildInstruction | undefined;
  startedAt: number | undefined;
  /** Milliseconds it took; known when it has ended. */
  took: number | undefined;
  outcome: "done" | "cached" | "failed" | "cancelled" | undefined;
  reason: string | undefined;
  failure: string | undefined;
  readonly output: LastLines;
  /** Pieces of work inside of it, by name. */
  readonly tasks: Map<string, TaskView>;
}

export interface TaskView {
  readonly status: string;
  readonly current: number | undefined;
  readonly total: number | undefined;
}

type Ended = Extract<BuildMessage, { type: "result" | "error" }>;

/** Enough of the output for the report of a failure. */
const keptLines = 200;

/** What could be done better, as a course on images teaches it: said to those who ask with --check. */
const advice = new Set([
  ...["AptUpdateApart", "CleanUpInLaterLayer", "MergeRunLayers"],
  ...["CopyLockFilesFirst", "OrderByChangeRate", "PinVersions"],
]);

/** What is known of a build from its messages; every way of showing it looks here. */
export class BuildView {
  readonly steps = new Map<number, StepView>();
  readonly warnings: BuildFinding[] = [];
  ended: Ended | undefined;
  /** Given up by its user. */
  cancelled = false;
  #begun = 0;
  readonly #now: () => number;

  /** `now`: this machine's clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(message: BuildMessage): void {
    switch (message.type) {
      case "step":
        if (isQuiet(message.instruction)) return;
        this.steps.set(message.id, newStep(message.id, message.title, message.instruction));
        return;
      case "started":
        this.#begin(message.id);
        return;
      case "finished":
        this.#finish(message);
        return;
      case "output":
        this.#begin(message.id)?.output.add(Buffer.from(message.data, "base64"));
        return;
      case "progress":
        this.#begin(message.id)?.tasks.set(message.task, {
          status: message.status,
          current: message.current,
          total: message.total,
        });
        return;
      case "warning": {
        const { type, ...finding } = message;
        this.warnings.push(finding);
        return;
      }
      case "shell":
        return;
      case "result":
      case "error":
        this.ended = message;
        return;
    }
    message satisfies never;
  }

  /** Without what is only advice. */
  pressing(): BuildFinding[] {
    return this.warnings.filter(({ rule }) => !advice.has(rule));
  }

  /** Steps that were begun, in that order. */
  begun(): StepView[] {
    return [...this.steps.values()].filter(({ number }) => number > 0).sort((a, b) => a.number - b.number);
  }

  /** Since it began, or what it took. */
  timeOf(step: StepView): number {
    return step.took ?? (step.startedAt === undefined ? 0 : this.#now() - step.startedAt);
  }

  #begin(id: number): StepView | undefined {
    const step = this.steps.get(id);
    if (!step) return undefined;
    if (step.number === 0) step.number = ++this.#begun;
    step.startedAt ??= this.#now();
    return step;
  }

  #finish({ id, outcome, reason, failure }: Extract<BuildMessage, { type: "finished" }>): void {
    const step = this.#begin(id);
    if (!step) return;
    step.took = this.#now() - (step.startedAt ?? 0);
    step.outcome = outcome;
    step.reason = reason;
    step.failure = failure;
  }
}

/** What makes no files is done as soon as it is read: nobody waits for it. */
function isQuiet(instruction: BuildInstruction | undefined): boolean {
  const [word = ""] = instruction?.original.split(/\s/) ?? [];
  return instruction !== undefined && !["FROM", "RUN", "COPY", "ADD", "WORKDIR"].includes(word.toUpperCase());
}

function newStep(id: number, title: string, instruction: BuildInstruction | undefined): StepView {
  return {
    id,
    number: 0,
    title: title.replace(/\s+/g, " "),
    instruction,
    startedAt: undefined,
    took: undefined,
    outcome: undefined,
    reason: undefined,
    failure: undefined,
    output: new LastLines(keptLines),
    tasks: new Map(),
  };
}
