import {
  type CallOptions,
  EngineClient,
  type OperationId,
  type ResultOf,
} from "../../client/engine-client.ts";
import { operationPaths } from "../../protocol/generated/operation-paths.ts";
import type { ComposeContext } from "../compose-context.ts";

/**
 * `--dry-run`: the same deeds, told in the same words, against an engine that answers questions and
 * does nothing. What would have been pulled or built is only told.
 */
export function dryRun(context: ComposeContext): ComposeContext {
  const { report } = context;
  const told = (id: string, doing: string, done: string): Promise<void> => {
    report({ id, status: "working", text: doing });
    report({ id, status: "done", text: done });
    return Promise.resolve();
  };
  return {
    ...context,
    dryRun: true,
    engine: new IdleEngine(context.engine),
    images: {
      pull: (image, { task }) => told(task ?? image, "Pulling", "Pulled"),
      push: (image, { task }) => told(task ?? image, "Pushing", "Pushed"),
      build: async (_, { name }) => {
        await told(name, "Building", "Built");
        return "";
      },
    },
    confirm: () => Promise.resolve(true),
  };
}

/** Asks the real engine, and changes nothing of it. */
class IdleEngine extends EngineClient {
  readonly #engine: EngineClient;
  #made = 0;

  constructor(engine: EngineClient) {
    super(engine.address);
    this.#engine = engine;
  }

  override version() {
    return this.#engine.version();
  }

  override async call<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<ResultOf<Id>> {
    const [method] = operationPaths[id];
    if (method === "GET" || method === "HEAD") return await this.#engine.call(id, options);
    // Whatever was made needs an id: others are looked up by it.
    const made = `${++this.#made}`.padStart(64, "0");
    return { Id: made, Warnings: [], StatusCode: 0 } as ResultOf<Id>;
  }

  override async stream<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<Response> {
    const [method] = operationPaths[id];
    return method === "GET" ? await this.#engine.stream(id, options) : new Response("");
  }
}
