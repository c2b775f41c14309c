import { EngineError, messageOf } from "../../errors/engine-error.ts";
import type { ComposeContext } from "../compose-context.ts";
import { runHook } from "../converge/apply/run-hook.ts";
import { restart } from "../converge/restart.ts";
import { up } from "../converge/up.ts";
import { buildServices } from "../images/build-services.ts";
import { labels } from "../labels.ts";
import type { Project } from "../model/project.ts";
import { isRunning } from "../observe/observed-container.ts";
import { FileChanges } from "./file-changes.ts";
import { initialFiles } from "./initial-files.ts";
import { type ChangePlan, planChanges } from "./plan-changes.ts";
import { containersOf, syncFiles } from "./sync-files.ts";
import { type FileMapping, type WatchRule, watchRules } from "./watch-rules.ts";

export interface WatchOptions {
  /** Services that are watched; empty: all that want it. */
  readonly services: readonly string[];
  /** False: `--no-build`. */
  readonly builds: boolean;
  readonly quietBuild: boolean;
  /** Images that lose their name by a rebuild are removed. */
  readonly prune: boolean;
  /** What is done, line by line. */
  say(line: string): void;
}

/**
 * Follows `develop.watch` until the signal: files are copied, containers restarted, images built anew, as the
 * rules of the changed paths say. One batch after the other; what fails is told, and watching goes on.
 */
export async function watchProject(
  context: ComposeContext,
  project: Project,
  options: WatchOptions,
): Promise<void> {
  const { rules: all, warnings } = watchRules(project, options.builds);
  for (const sentence of warnings) context.warn(sentence);
  const rules = all.filter(
    ({ service }) => options.services.length === 0 || options.services.includes(service.name),
  );
  const watching = new Watching(context, project, rules, options);
  const batches = new Batches();
  using _ = new FileChanges(
    rules.map(({ trigger }) => trigger.path),
    {
      onChange: (paths) => batches.add(paths),
      onError: (error) => options.say(`Watch disabled with errors: ${messageOf(error)}`),
    },
  );
  await watching.begin();
  options.say("Watch enabled");
  const stop = () => batches.end();
  context.signal.addEventListener("abort", stop);
  if (context.signal.aborted) stop();
  for await (const paths of batches) await watching.take(paths);
  context.signal.removeEventListener("abort", stop);
  options.say("Watch disabled");
}

/** Changes that came while others were dealt with are one batch. */
class Batches {
  #paths = new Set<string>();
  #news = Promise.withResolvers<void>();
  #over = false;

  add(paths: readonly string[]): void {
    for (const path of paths) this.#paths.add(path);
    this.#news.resolve();
  }

  end(): void {
    this.#over = true;
    this.#news.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string[]> {
    while (!this.#over) {
      await this.#news.promise;
      this.#news = Promise.withResolvers();
      const paths = [...this.#paths];
      this.#paths.clear();
      if (paths.length > 0 && !this.#over) yield paths;
    }
  }
}

class Watching {
  readonly #context: ComposeContext;
  readonly #project: Project;
  readonly #rules: readonly WatchRule[];
  readonly #options: WatchOptions;

  constructor(context: ComposeContext, project: Project, rules: readonly WatchRule[], options: WatchOptions) {
    this.#context = context;
    this.#project = project;
    this.#rules = rules;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const files = await initialFiles(this.#context.engine, this.#project.name, this.#rules);
    for (const [service, mappings] of files) await this.#sync(service, mappings);
  }

  async take(paths: readonly string[]): Promise<void> {
    const plan = planChanges(this.#rules, paths);
    try {
      await this.#perform(plan);
    } catch (error) {
      if (this.#context.signal.aborted) return;
      if (!(error instanceof EngineError)) throw error;
      this.#options.say(`Error handling changed files: ${messageOf(error)}`);
    }
  }

  async #perform(plan: ChangePlan): Promise<void> {
    if (plan.rebuild.length > 0) await this.#rebuild(plan.rebuild);
    for (const [service, files] of plan.sync) await this.#sync(service, files);
    if (plan.restart.length > 0) {
      const services = plan.restart;
      await restart(this.#context, this.#project, { services, noDependencies: false, timeout: undefined });
      this.#options.say(`service(s) ${quoted(services)} restarted`);
    }
    await Promise.all(plan.exec.map((rule) => this.#exec(rule)));
  }

  async #sync(service: string, files: readonly FileMapping[]): Promise<void> {
    if (files.length === 0) return;
    this.#options.say(
      `Syncing service ${JSON.stringify(service)} after ${files.length} changes were detected`,
    );
    await syncFiles(this.#context.engine, this.#project.name, service, files);
  }

  async #exec({ service, trigger }: WatchRule): Promise<void> {
    const { engine } = this.#context;
    const { name } = this.#project;
    const containers = await containersOf(engine, name, service.name);
    const onLine = ({ source, text }: { source: string; text: string }) =>
      this.#options.say(`${source} ${text}`);
    await Promise.all(
      containers
        .filter(isRunning)
        .map((container) => runHook(this.#context, name, service, container, trigger.exec ?? {}, onLine)),
    );
  }

  /** A new image that cannot be built changes nothing. */
  async #rebuild(services: readonly string[]): Promise<void> {
    const { say, quietBuild: quiet, prune } = this.#options;
    say(`Rebuilding service(s) ${quoted(services)} after changes were detected...`);
    let built: ReadonlyMap<string, string>;
    try {
      built = await buildServices(this.#context, this.#project, services, { quiet });
    } catch (error) {
      say(`Build failed. Error: ${messageOf(error)}`);
      return;
    }
    say(`service(s) ${quoted(services)} successfully built`);
    await up(this.#context, this.#project, {
      services,
      noDependencies: true,
      recreate: "always",
      recreateDependencies: "never",
      renewAnonymousVolumes: false,
      removeOrphans: false,
      ignoreOrphans: true,
      scale: new Map(),
      build: "never",
      pull: "never",
      quietPull: true,
      noStart: false,
      timeout: undefined,
      wait: false,
      waitTimeout: undefined,
    });
    if (prune) await this.#prune(new Set(built.values()));
  }

  /** Images of the project nothing has a name for. One that is in use stays. */
  async #prune(kept: ReadonlySet<string>): Promise<void> {
    const { engine } = this.#context;
    const filters = { dangling: ["true"], label: [`${labels.project}=${this.#project.name}`] };
    const images = await engine.call("ImageList", { query: { filters: JSON.stringify(filters) } });
    for (const { Id: name } of images) {
      if (kept.has(name)) continue;
      try {
        await engine.call("ImageDelete", { params: { name } });
      } catch (error) {
        if (!(error instanceof EngineError) || error.kind === "unavailable") throw error;
      }
    }
  }
}

const quoted = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(" ")}]`;
