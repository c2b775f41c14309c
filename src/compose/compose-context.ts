import type { EngineClient } from "../client/engine-client.ts";
import type { Project } from "./model/project.ts";
import type { Service } from "./model/service.ts";
import type { Report } from "./task.ts";

/** What every deed on a project has. */
export interface ComposeContext {
  readonly engine: EngineClient;
  readonly report: Report;
  /** Aborted by Ctrl-C: what is begun is ended in good order, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Pulling and building need credentials, terminals and files: who calls brings them. */
  readonly images: ImageWork;
  /** How many calls at once: `--parallel`, COMPOSE_PARALLEL_LIMIT. Absent: as many as there are. */
  readonly parallel?: number;
  /** Before data would be lost. Absent: the answer is no. */
  confirm?(question: string): Promise<boolean>;
  warn(sentence: string): void;
}

export interface ImageWork {
  pull(image: string, wish: { readonly platform?: string; readonly quiet: boolean }): Promise<void>;
  push(image: string, wish: { readonly quiet: boolean }): Promise<void>;
  /** Builds the image of a service under its name and answers with its id. */
  build(project: Project, service: Service, wish: BuildWish): Promise<string>;
}

export interface BuildWish {
  readonly noCache?: boolean;
  readonly pull?: boolean;
  readonly push?: boolean;
  readonly quiet?: boolean;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly ssh?: readonly string[];
  readonly memory?: number;
  readonly check?: boolean;
  readonly builder?: string;
}
