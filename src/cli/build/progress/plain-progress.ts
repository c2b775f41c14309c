import type { BuildMessage } from "../../../protocol/build-messages.ts";
import { humanSize } from "../../format/human-size.ts";
import type { BuildView, StepView } from "./build-view.ts";
import { plainLine } from "./last-lines.ts";
import type { Progress } from "./progress.ts";
import { seconds } from "./seconds.ts";

/**
 * Lines one after another, each with the number of its step. Where another step goes on, its title is said
 * again:
 *
 *     #5 [2/3] RUN make
 *     #5 0.123 cc -c a.c
 *     #5 ...
 *
 *     #6 [3/3] RUN test
 *     #6 CACHED
 */
export class PlainProgress implements Progress {
  readonly #view: BuildView;
  readonly #write: (text: string) => void;
  #current: StepView | undefined;
  readonly #open = new Map<number, { text: string; readonly decoder: TextDecoder }>();
  readonly #tasks = new Map<string, string>();

  constructor(view: BuildView, write: (text: string) => void) {
    this.#view = view;
    this.#write = write;
  }

  add(message: BuildMessage): void {
    switch (message.type) {
      case "started":
        // Said with its first line, or its end: of a cached one there is only that.
        return;
      case "output":
        this.#output(message.id, message.data);
        return;
      case "progress":
        this.#task(message);
        return;
      case "finished":
        this.#finish(message.id);
        return;
    }
  }

  #turnTo(step: StepView): void {
    if (this.#current === step) return;
    if (this.#current?.outcome === undefined && this.#current)
      this.#write(`#${this.#current.number} ...\n\n`);
    this.#write(`#${step.number} ${step.title}\n`);
    this.#current = step;
  }

  #output(id: number, data: string): void {
    const step = this.#view.steps.get(id);
    if (!step) return;
    const open = this.#open.get(id) ?? { text: "", decoder: new TextDecoder() };
    this.#open.set(id, open);
    const lines = (open.text + open.decoder.decode(Buffer.from(data, "base64"), { stream: true })).split(
      "\n",
    );
    open.text = lines.pop() ?? "";
    for (const line of lines) this.#line(step, line);
  }

  #line(step: StepView, line: string): void {
    this.#turnTo(step);
    const at = (this.#view.timeOf(step) / 1000).toFixed(3);
    this.#write(`#${step.number} ${at} ${plainLine(line)}\n`);
  }

  /** Its first word and its last: numbers in between are for bars. */
  #task({ id, task, status, current, total }: Extract<BuildMessage, { type: "progress" }>): void {
    const step = this.#view.steps.get(id);
    if (!step) return;
    const key = `${id} ${task}`;
    const finished = total !== undefined && current === total;
    const said = finished ? `${status} done` : status;
    if (this.#tasks.get(key) === said) return;
    this.#tasks.set(key, said);
    this.#turnTo(step);
    const amount = current ? ` ${humanSize(current, 4)}${total ? ` / ${humanSize(total, 4)}` : ""}` : "";
    this.#write(
      `#${step.number} ${[task, status].filter(Boolean).join(": ")}${amount}${finished ? " done" : ""}\n`,
    );
  }

  #finish(id: number): void {
    const step = this.#view.steps.get(id);
    if (!step) return;
    const rest = this.#open.get(id)?.text;
    if (rest) this.#line(step, rest);
    this.#turnTo(step);
    if (step.reason !== undefined) this.#write(`#${step.number} not cached: ${step.reason}\n`);
    this.#write(`#${step.number} ${endOf(step)}\n\n`);
    this.#current = undefined;
  }

  end(): void {
    if (this.#current) this.#write("\n");
    this.#current = undefined;
  }

  pause(): Disposable {
    return { [Symbol.dispose]() {} };
  }

  [Symbol.dispose](): void {}
}

function endOf(step: StepView): string {
  switch (step.outcome) {
    case "cached":
      return "CACHED";
    case "cancelled":
      return "CANCELED";
    case "failed":
      return `ERROR: ${step.failure ?? "failed"}`;
    case "done":
    case undefined:
      return `DONE ${seconds(step.took ?? 0)}`;
  }
  return step.outcome satisfies never;
}
