import { join } from "node:path";
import { notFound } from "../../errors/engine-error.ts";
import type { Background } from "../../lib/background.ts";
import type { BuildSessions } from "../services/builds.ts";
import { BuildSession } from "./build-session.ts";

/** The sessions that are open, by id. */
export class OpenSessions implements BuildSessions {
  readonly #directory: () => string;
  readonly #background: Background;
  readonly #open = new Map<string, { readonly session: BuildSession; readonly ended: Promise<void> }>();

  /** Received files lie below `directory`, a folder each session. */
  constructor(directory: () => string, background: Background) {
    this.#directory = directory;
    this.#background = background;
  }

  open(signal: AbortSignal): string {
    const id = crypto.randomUUID().replaceAll("-", "");
    const session = new BuildSession(id, join(this.#directory(), id), signal);
    const end = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => end.resolve(), { once: true });
    if (signal.aborted) end.resolve();
    const ended = this.#background.run("end a build session", async () => {
      await end.promise;
      this.#open.delete(id);
      await session.remove();
    });
    this.#open.set(id, { session, ended });
    return id;
  }

  async ended(id: string): Promise<void> {
    await this.#open.get(id)?.ended;
  }

  find(id: string): BuildSession {
    const found = this.#open.get(id);
    if (!found) throw notFound(`no build session ${JSON.stringify(id)} is open`);
    return found.session;
  }

  readonly receiveFiles: BuildSessions["receiveFiles"] = (id, name, tar) =>
    this.find(id).receiveFiles(name, tar);
  readonly sendFiles: BuildSessions["sendFiles"] = (id, name) => this.find(id).sendFiles(name);
  readonly giveSecret: BuildSessions["giveSecret"] = (id, name, value) =>
    this.find(id).giveSecret(name, value);
  readonly offerAgent: BuildSessions["offerAgent"] = (id, name, connection) =>
    this.find(id).offerAgent(name, connection);
  readonly output: BuildSessions["output"] = (id, name, signal) => this.find(id).output(name, signal);
  readonly shell: BuildSessions["shell"] = (id, ...rest) => this.find(id).shell(...rest);
  readonly resizeShell: BuildSessions["resizeShell"] = (id, height, width) =>
    this.find(id).resizeShell(height, width);
}
