import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { labels } from "../../src/compose/labels.ts";
import type { ObservedContainer } from "../../src/compose/observe/observed.ts";
import { observedContainer } from "../../src/compose/observe/observed-container.ts";
import type { ContainerSummary } from "../../src/protocol/generated/types.ts";
import type { ClientEngine } from "./client-engine.ts";
import type { DockerResult } from "./docker-cli.ts";
import { RunningHull, runHull } from "./hull-cli.ts";

/** Ends at once when it is asked to. */
export const sleeper = `    image: busybox
    init: true
    command: sleep 3600
`;

/** One project on the engine of a test: its file, and `hull compose` on it. `await using` takes it down. */
export class ConvergedProject implements AsyncDisposable {
  readonly name: string;
  readonly #engine: ClientEngine;
  readonly #file: string;

  constructor(engine: ClientEngine, word: string, text: string) {
    this.#engine = engine;
    this.name = engine.name(word).toLowerCase();
    this.#file = join(engine.directory, `${this.name}.yaml`);
    this.write(text);
  }

  /** Another file from now on. */
  write(text: string): void {
    writeFileSync(this.#file, text);
  }

  arguments(args: readonly string[]): string[] {
    return ["compose", "-p", this.name, "-f", this.#file, ...args];
  }

  #options(more: Readonly<Record<string, string>> = {}) {
    return { env: { ...this.#engine.environment, ...more }, cwd: this.#engine.directory };
  }

  run(...args: string[]): Promise<DockerResult> {
    return runHull(this.arguments(args), this.#options());
  }

  /** With a failpoint in the client. */
  failing(fail: string, ...args: string[]): Promise<DockerResult> {
    return runHull(this.arguments(args), this.#options({ HULL_FAIL: fail }));
  }

  /** With other variables. */
  runWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<DockerResult> {
    return runHull(this.arguments(args), this.#options(env));
  }

  start(...args: string[]): RunningHull {
    return new RunningHull(this.arguments(args), this.#options());
  }

  /** A call that must succeed; gives what it said about its work. */
  async ok(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    if (code !== 0) throw new Error(`hull compose ${args.join(" ")}: exit code ${code}\n${out}${err}`);
    return `${out}${err}`;
  }

  async #get<Answer>(path: string): Promise<Answer> {
    const filters = JSON.stringify({ label: [`${labels.project}=${this.name}`] });
    const query = `filters=${encodeURIComponent(filters)}`;
    const response = await this.#engine.request("GET", `${path}${path.includes("?") ? "&" : "?"}${query}`);
    return (await response.json()) as Answer;
  }

  /** By service and number. */
  async containers(): Promise<ReadonlyMap<string, ObservedContainer>> {
    const list = await this.#get<ContainerSummary[]>("/containers/json?all=1");
    const observed = list.map(observedContainer);
    const places = observed.map((container) => [place(container), container] as const);
    return new Map(places.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** `web-1 running`, and what bears another name than it should. */
  async states(): Promise<string[]> {
    return [...(await this.containers())].map(([name, { state }]) => `${name} ${state}`);
  }

  async ids(): Promise<Record<string, string>> {
    return Object.fromEntries([...(await this.containers())].map(([name, { id }]) => [name, id]));
  }

  async networks(): Promise<string[]> {
    const list = await this.#get<{ Name: string }[]>("/networks");
    return list.map(({ Name: name }) => name).sort();
  }

  async volumes(): Promise<string[]> {
    const { Volumes: list } = await this.#get<{ Volumes: { Name: string }[] | null }>("/volumes");
    return (list ?? []).map(({ Name: name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("down", "-v", "-t", "0", "--remove-orphans");
  }
}

function place({ name, service, number, summary }: ObservedContainer): string {
  const usual = `${summary.Labels?.[labels.project]}-${service}-${number}`;
  return name === usual ? `${service}-${number}` : `${service}-${number} (${name})`;
}
