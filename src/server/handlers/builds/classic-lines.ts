import type { BuildEvent } from "../../../engine/services/builds.ts";
import {
  coloured,
  type Declared,
  hasContainer,
  hexOf,
  isGlobal,
  keyword,
  makesFiles,
  type Step,
  short,
  shortId,
} from "./classic-step.ts";
import { Outbox } from "./outbox.ts";

/** Of a step whose turn has not come. */
const mostBuffered = 16 << 20;

export interface ClassicOptions {
  /** `rm`: say that intermediate containers are removed. */
  readonly remove: boolean;
  /** `forcerm`: those of a failed step, too. */
  readonly forceRemove: boolean;
  readonly noCache: boolean;
  /** Whether an earlier build came to this state. */
  reached(state: string): boolean;
}

/**
 * What the classic builder says, instruction by instruction in the order of the Dockerfile. Steps run
 * side by side here: those whose turn has not come are kept until it has.
 *
 *     Step 2/3 : RUN make        <- the turn comes
 *      ---> Running in 2df8…     <- its first output, or its end
 *     …                          <- output
 *     Removing intermediate container 2df8…
 *      ---> 9e9e…
 *
 * The last step's id is the image's, which is known at the very end.
 */
export class ClassicLines {
  readonly #options: ClassicOptions;
  readonly #outbox: Outbox;
  readonly #salt = crypto.randomUUID();
  readonly #steps: Step[] = [];
  readonly #byId = new Map<number, Step>();
  /** Whose turn it is. */
  #at = 0;
  #shown: "nothing" | "head" | "running" = "nothing";
  #begun = false;
  #warnings: string[] = [];
  #lastId = "";
  #told: Step | undefined;

  constructor(send: (line: object) => Promise<void>, options: ClassicOptions) {
    this.#options = options;
    this.#outbox = new Outbox(send, ({ stream, bytes }) => ({ stream: coloured(stream, bytes) }));
  }

  readonly add = (event: BuildEvent): void => {
    switch (event.type) {
      case "step":
        this.#declare(event.step);
        return;
      case "started":
      case "finished":
        this.#change(event);
        return;
      case "output":
        this.#output(event.id, event.stream, event.bytes);
        return;
      case "warning":
        if (event.warning.rule === unusedArguments) this.#warnings.push(event.warning.message);
        else if (event.warning.rule === brokenJson) this.#warnings.push(withLine(event.warning));
        return;
      case "progress":
        return;
    }
    event satisfies never;
  };

  #declare(step: Extract<BuildEvent, { type: "step" }>["step"]): void {
    const { instruction } = step;
    if (!instruction) return;
    const added: Step = {
      declared: { ...step, instruction },
      started: false,
      finished: undefined,
      output: [],
      buffered: 0,
    };
    this.#byId.set(step.id, added);
    this.#steps.push(added);
  }

  #change(event: Extract<BuildEvent, { type: "started" | "finished" }>): void {
    const step = this.#byId.get(event.id);
    if (!step) return;
    step.started = true;
    if (event.type === "finished") step.finished = event;
    // All steps are declared in the order of the Dockerfile, before the first one is run.
    this.#begun = true;
    this.#advance();
  }

  #output(id: number, stream: 1 | 2, bytes: Uint8Array): void {
    const step = this.#byId.get(id);
    if (!step) return;
    if (this.#begun && this.#steps[this.#at] === step) {
      this.#running(step);
      this.#outbox.output(id, stream, bytes);
    } else if (step.buffered <= mostBuffered) {
      step.buffered += bytes.length;
      step.output.push({ stream, bytes: bytes.slice() });
      if (step.buffered > mostBuffered) {
        step.output.push({ stream: 1, bytes: Buffer.from("\n[output clipped: more than 16 MiB]\n") });
      }
    }
  }

  #advance(): void {
    for (let step = this.#steps[this.#at]; step; step = this.#steps[this.#at]) {
      this.#head(step);
      if (step.output.length > 0) this.#pending(step);
      if (!step.finished || !this.#end(step, step.finished)) return;
      this.#at++;
      this.#shown = "nothing";
    }
  }

  #head({ declared }: Step): void {
    if (this.#shown !== "nothing") return;
    this.#say(`Step ${this.#at + 1}/${this.#steps.length} : ${declared.instruction.original}`);
    this.#say("\n");
    this.#shown = "head";
  }

  #pending(step: Step): void {
    this.#running(step);
    for (const { stream, bytes } of step.output.splice(0)) {
      this.#outbox.output(step.declared.id, stream, bytes);
    }
  }

  #running(step: Step): void {
    if (this.#shown === "running") return;
    this.#shown = "running";
    if (hasContainer(step.declared)) this.#say(` ---> Running in ${this.#containerId(step)}\n`);
  }

  /** False when the step does not end here: it failed, or its id is not known yet. */
  #end(step: Step, finished: NonNullable<Step["finished"]>): boolean {
    if (finished.outcome === "failed" || finished.outcome === "cancelled") {
      if (finished.outcome === "failed") this.#running(step);
      return false;
    }
    // The last one waits for its image, and is not told twice.
    if (this.#told === step) return false;
    this.#told = step;
    const isLast = this.#at === this.#steps.length - 1;
    // An ARG before the first FROM makes nothing.
    if (isGlobal(step.declared)) return !isLast;
    if (keyword(step.declared) !== "FROM") {
      if (this.#isCached(step.declared, finished)) {
        this.#say(" ---> Using cache\n");
      } else {
        this.#running(step);
        if (hasContainer(step.declared) && this.#options.remove) {
          this.#say(`Removing intermediate container ${this.#containerId(step)}\n`);
        }
      }
    }
    if (isLast) return false;
    if (/^FROM scratch\b/i.test(step.declared.instruction.original)) {
      this.#say(" ---> \n");
      return true;
    }
    this.#lastId = shortId(finished.result, this.#lastId, step.declared.instruction.original);
    this.#say(` ---> ${this.#lastId}\n`);
    return true;
  }

  /** A step that makes no files is always there already; the classic builder had made an image for it, or had not. */
  #isCached(declared: Declared, { outcome, result }: NonNullable<Step["finished"]>): boolean {
    if (outcome !== "cached" || makesFiles(declared)) return outcome === "cached";
    return this.#options.reached(result ?? declared.instruction.original) && !this.#options.noCache;
  }

  /** The image is made. */
  finish(imageId: string, tags: readonly string[]): void {
    const id = short(imageId);
    if (this.#steps.length > 0) this.#say(` ---> ${id}\n`);
    this.#outbox.line({ aux: { ID: imageId } });
    for (const warning of this.#warnings) this.#say(`[Warning] ${warning}\n`);
    this.#say(`Successfully built ${id}\n`);
    for (const tag of tags) this.#say(`Successfully tagged ${tag}\n`);
  }

  /** Shows what there is of the steps up to the one that failed. */
  fail(): void {
    const failed = this.#steps.findIndex(({ finished }) => finished?.outcome === "failed");
    const step = this.#steps[failed];
    for (; this.#at < failed; this.#at++) {
      const before = this.#steps[this.#at];
      if (!before?.started) continue;
      this.#head(before);
      this.#pending(before);
      if (before.finished?.outcome === "done" || before.finished?.outcome === "cached") {
        this.#end(before, before.finished);
      }
      this.#shown = "nothing";
    }
    if (!step) return;
    this.#head(step);
    this.#pending(step);
    if (hasContainer(step.declared) && this.#options.forceRemove) {
      this.#say(`Removing intermediate container ${this.#containerId(step)}\n`);
    }
  }

  #say(stream: string): void {
    this.#outbox.line({ stream });
  }

  sent(): Promise<void> {
    return this.#outbox.sent();
  }

  /** There is none that anybody could look at: the name is only for the words. */
  #containerId({ declared }: Step): string {
    return hexOf(`${this.#salt} ${declared.id}`);
  }
}

const unusedArguments = "UnusedBuildArgs";
const brokenJson = "InvalidJSONForm";

const withLine = ({ message, range }: Extract<BuildEvent, { type: "warning" }>["warning"]) =>
  range ? `line ${range.start.line}: ${message}` : message;
