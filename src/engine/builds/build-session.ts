import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FailedStep, SecretSource, SshAgent } from "../../build/build-request.ts";
import { receiveContext } from "../../build/contexts/receive-context.ts";
import { cancelled, conflict, notFound } from "../../errors/engine-error.ts";
import { exportTree } from "../../images/export/export-tree.ts";
import { removeLargeTree } from "../../sys/remove-tree.ts";
import type { AgentConnection, BuildSessions } from "../services/builds.ts";
import { AgentOffers } from "./agent-offers.ts";
import { Meeting } from "./meeting.ts";
import { Resizes } from "./resizes.ts";

/** What one client lends to its builds. Secrets are in memory alone; files go when it ends. */
export class BuildSession {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly #directory: string;
  readonly #files = new Map<string, string>();
  /** Uploads that are under way, by name. */
  readonly #receiving = new Map<string, Promise<unknown>>();
  #made = 0;
  readonly #secrets = new Map<string, Uint8Array>();
  readonly #agents = new Map<string, AgentOffers>();
  readonly #outputs = new Map<string, Meeting<ReadableStream<Uint8Array>>>();
  readonly #failed = new Meeting<FailedStep>();
  #shell: { readonly ended: PromiseWithResolvers<void>; readonly resizes: Resizes } | undefined;

  constructor(id: string, directory: string, signal: AbortSignal) {
    this.id = id;
    this.signal = signal;
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Builds see them when all have come; of those that broke off nothing stays. */
  async receiveFiles(name: string, tar: ReadableStream<Uint8Array>): Promise<void> {
    if (this.#files.has(name) || this.#receiving.has(name))
      throw conflict(`the session has files named ${JSON.stringify(name)} already`);
    const path = this.#makeDirectory();
    const received = receiveContext(tar, path, this.signal);
    this.#receiving.set(name, received);
    try {
      await received;
      this.#files.set(name, path);
    } catch (error) {
      await removeLargeTree(path);
      throw error;
    } finally {
      this.#receiving.delete(name);
    }
  }

  /** A directory that clients fill or fetch under this name; made where it is not there. */
  newDirectory(name: string): string {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const path = this.#makeDirectory();
    this.#files.set(name, path);
    return path;
  }

  #makeDirectory(): string {
    const path = join(this.#directory, String(++this.#made));
    mkdirSync(path);
    return path;
  }

  filesOf(name: string): string {
    const path = this.#files.get(name);
    if (path === undefined) throw notFound(`the session has no files named ${JSON.stringify(name)}`);
    return path;
  }

  sendFiles(name: string): ReadableStream<Uint8Array> {
    return exportTree(this.filesOf(name), { name: "" });
  }

  giveSecret(name: string, value: Uint8Array): void {
    this.#secrets.set(name, value);
  }

  readonly secrets: SecretSource = { read: async (id) => this.#secrets.get(id) };

  offerAgent(name: string, connection: AgentConnection): Promise<void> {
    let offers = this.#agents.get(name);
    if (!offers) {
      offers = new AgentOffers();
      this.#agents.set(name, offers);
    }
    return offers.add(connection);
  }

  agent(id: string): SshAgent | undefined {
    const offers = this.#agents.get(id);
    return offers && { connect: (signal) => offers.take(AbortSignal.any([signal, this.signal])) };
  }

  /** The builder's end of an output; the client's GET gets what is written here. */
  openOutput(name: string): WritableStream<Uint8Array> {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, {
      highWaterMark: 4,
    });
    this.#outputOf(name).give(readable);
    return writable;
  }

  output(name: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return this.#outputOf(name).take(AbortSignal.any([signal, this.signal]));
  }

  #outputOf(name: string): Meeting<ReadableStream<Uint8Array>> {
    let meeting = this.#outputs.get(name);
    if (!meeting) {
      meeting = new Meeting();
      this.#outputs.set(name, meeting);
    }
    return meeting;
  }

  /** Offers the failed step to the client's shell, and waits until that was there and has ended. */
  async lendStep(step: FailedStep, signal: AbortSignal): Promise<void> {
    const shell = { ended: Promise.withResolvers<void>(), resizes: new Resizes() };
    this.#shell = shell;
    this.#failed.give(step);
    const leave = () => shell.ended.resolve();
    const gone = AbortSignal.any([signal, this.signal]);
    gone.addEventListener("abort", leave, { once: true });
    if (gone.aborted) leave();
    await shell.ended.promise;
    shell.resizes.end();
    this.#shell = undefined;
  }

  async shell(...[terminal, write, signal]: ShellArguments): Promise<number> {
    const gone = AbortSignal.any([signal, this.signal]);
    const step = await this.#failed.take(gone);
    const shell = this.#shell;
    if (!shell) throw cancelled("the build has ended");
    try {
      return await step.shell({ ...terminal, resizes: shell.resizes }, write, gone);
    } finally {
      shell.ended.resolve();
    }
  }

  resizeShell(height: number, width: number): void {
    if (!this.#shell) throw notFound("no shell is open in this session");
    this.#shell.resizes.add([height, width]);
  }

  async remove(): Promise<void> {
    for (const value of this.#secrets.values()) value.fill(0);
    this.#secrets.clear();
    // Whoever still writes there hears of the end by the signal, and would make again what is removed.
    await Promise.allSettled(this.#receiving.values());
    await removeLargeTree(this.#directory);
  }
}

type ShellArguments = Parameters<BuildSessions["shell"]> extends [string, ...infer Rest] ? Rest : never;
