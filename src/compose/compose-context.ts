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
  /** Things done at the same time, by `--parallel` and COMPOSE_PARALLEL_LIMIT; Infinity: no limit. */
  readonly parallel: number;
  /** Pulling and building need credentials, terminals and files: who calls brings them. */
  readonly images: ImageWork;
  /** Nothing is done, everything is told: made by `dryRun`. */
  readonly dryRun?: true;
  /** Variables every container gets that has none of its own: proxies of the user's configuration. */
  readonly proxies?: Readonly<Record<string, string>>;
  /** The text of a config.json with the user's logins, for `use_api_socket`. Absent: none. */
  credentials?(): string;
  /** Before data would be lost. Absent: the answer is no. */
  confirm?(question: string): Promise<boolean>;
  warn(sentence: string): void;
}

/** Each reports what it does, its end too; failures are reported and thrown. */
export interface ImageWork {
  pull(image: string, wish: PullWish): Promise<void>;
  push(image: string, wish: { readonly quiet: boolean; readonly task?: string }): Promise<void>;
  /** Builds the image of a service under its names and answers with its id; see `buildServices` for several. */
  build(project: Project, service: Service, wish: BuildWish): Promise<string>;
}

export interface PullWish {
  /** Absent: DOCKER_DEFAULT_PLATFORM, or the engine's. */
  readonly platform?: string;
  readonly quiet: boolean;
  /** What the report calls it: the service's name; otherwise the image. */
  readonly task?: string;
  /** A failure is no more than a warning: the image can be built instead. */
  readonly canBuild?: boolean;
}

export interface BuildWish {
  /** All that `build.platforms` names; otherwise what the service runs on. */
  readonly allPlatforms?: boolean;
  readonly noCache?: boolean;
  readonly pull?: boolean;
  readonly push?: boolean;
  readonly quiet?: boolean;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly ssh?: readonly string[];
  readonly memory?: number;
  readonly check?: boolean;
}
