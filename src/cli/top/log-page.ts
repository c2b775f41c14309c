import type { EngineClient } from "../../client/engine-client.ts";
import { messageOf } from "../../errors/engine-error.ts";
import { logLines } from "../logs/log-lines.ts";
import type { Page } from "./pages.ts";

/** Lines kept; older ones leave. */
const kept = 5000;
const firstLines = 500;

/** The log of a container as a page that grows, until the signal. */
export class LogPage {
  readonly #lines: string[] = [];
  #note = "following";
  #top: number | undefined;
  readonly #name: string;

  constructor(engine: EngineClient, id: string, name: string, news: () => void, signal: AbortSignal) {
    this.#name = name;
    this.#follow(engine, id, news, signal).then(
      () => this.#end("ended", news),
      (error) => !signal.aborted && this.#end(messageOf(error), news),
    );
  }

  get page(): Page {
    return { title: `log of ${this.#name}`, note: this.#note, lines: this.#lines, top: this.#top };
  }

  scroll(top: number | undefined): void {
    this.#top = top;
  }

  async #follow(engine: EngineClient, id: string, news: () => void, signal: AbortSignal): Promise<void> {
    const { Config: config } = await engine.call("ContainerInspect", { params: { id } });
    const response = await engine.stream("ContainerLogs", {
      params: { id },
      query: { stdout: true, stderr: true, follow: true, tail: String(firstLines) },
      signal,
    });
    for await (const { text } of logLines(response.body, { framed: !config?.Tty, stamped: false })) {
      this.#lines.push(text);
      const surplus = this.#lines.length - kept;
      if (surplus > 0) {
        this.#lines.splice(0, surplus);
        if (this.#top !== undefined) this.#top = Math.max(0, this.#top - surplus);
      }
      news();
    }
  }

  #end(note: string, news: () => void): void {
    this.#note = note;
    news();
  }
}
