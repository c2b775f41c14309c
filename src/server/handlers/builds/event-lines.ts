import type { BuildEvent } from "../../../engine/services/builds.ts";
import type { BuildMessage } from "../../../protocol/build-messages.ts";
import { Outbox } from "./outbox.ts";

/** A build's events as they happen, for `progress=events`. */
export class EventLines {
  readonly #outbox: Outbox;
  /** The step that failed first, for the error. */
  failed: number | undefined;

  constructor(send: (line: object) => Promise<void>) {
    this.#outbox = new Outbox(send, ({ id, stream, bytes }) => {
      const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
      return { type: "output", id, stream, data } satisfies BuildMessage;
    });
  }

  readonly add = (event: BuildEvent): void => {
    if (event.type === "output") {
      this.#outbox.output(event.id, event.stream, event.bytes);
      return;
    }
    if (event.type === "finished" && event.outcome === "failed") this.failed ??= event.id;
    this.#outbox.line(message(event));
  };

  readonly line = (value: BuildMessage): void => this.#outbox.line(value);

  sent(): Promise<void> {
    return this.#outbox.sent();
  }
}

function message(event: Exclude<BuildEvent, { type: "output" }>): BuildMessage {
  switch (event.type) {
    case "step": {
      const { id, title, instruction } = event.step;
      if (!instruction) return { type: "step", id, title };
      const { stage, number, of, original, range } = instruction;
      return {
        type: "step",
        id,
        title,
        instruction: { stage, number, of, original, line: range.start.line, endLine: range.end.line },
      };
    }
    case "finished": {
      const { result, error, ...rest } = event;
      return { ...rest, ...(error !== undefined && { failure: error }) };
    }
    case "warning": {
      const { range, ...rest } = event.warning;
      return {
        type: "warning",
        ...rest,
        ...(range && { line: range.start.line, column: range.start.column, endLine: range.end.line }),
      };
    }
    case "started":
    case "progress":
      return event;
  }
  return event satisfies never;
}
