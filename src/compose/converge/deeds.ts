import type { ComposeContext } from "../compose-context.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import type { UpOptions } from "./up-options.ts";

/**
 * What a deed is done to: a project as its files mean it, or only its name. With a name, services
 * and their order are read from the labels of what is there.
 */
export type Target = Project | string;

/** Which services: empty is all of them. */
export interface ServiceChoice {
  readonly services: readonly string[];
}

export interface StopOptions extends ServiceChoice {
  /** Seconds until a container is killed; undefined: its own. */
  readonly timeout: number | undefined;
  readonly onHookLine?: HookLine;
}

export interface RestartOptions extends StopOptions {
  readonly noDependencies: boolean;
}

export interface StartOptions {
  /** Return only when everything runs and is healthy, or has ended well where others wait for that. */
  readonly wait: boolean;
  /** Seconds; undefined: for ever. */
  readonly waitTimeout: number | undefined;
  /** Lines hooks print, where somebody reads them. */
  readonly onHookLine?: HookLine;
}

/** A line a hook of a container printed; `source` is as logs name it: `web-1`. */
export type HookLine = (line: {
  readonly service: string;
  readonly source: string;
  readonly text: string;
}) => void;

export interface DownOptions extends ServiceChoice {
  readonly volumes: boolean;
  readonly images: "none" | "local" | "all";
  readonly removeOrphans: boolean;
  readonly timeout: number | undefined;
}

export interface RemoveOptions extends ServiceChoice {
  readonly stop: boolean;
  readonly force: boolean;
  readonly volumes: boolean;
  readonly timeout: number | undefined;
  /** Asked with the names, unless `force`. */
  confirm(names: readonly string[]): Promise<boolean>;
}

export interface KillOptions extends ServiceChoice {
  readonly signal: string;
  readonly removeOrphans: boolean;
  /** Also those that do not run: errors of these do not count. */
  readonly all?: boolean;
}

/** What a project has once everything is created; what `start` and attaching go on with. */
export interface Created {
  /** The project as it was converged: chosen services, scales, policies put into it. */
  readonly project: Project;
  readonly containers: readonly ObservedContainer[];
}

/** Networks, volumes, images and containers as the project wants them, and nothing started. */
export type Create = (context: ComposeContext, project: Project, options: UpOptions) => Promise<Created>;

/** `create`, and unless `noStart`, `start`. An attached `up` calls the two and attaches between them. */
export type Up = (context: ComposeContext, project: Project, options: UpOptions) => Promise<Created>;

/** Containers that do not run, in the order of dependencies, after what these must have come to. */
export type Start = (
  context: ComposeContext,
  target: Target,
  options: StartOptions & ServiceChoice,
) => Promise<void>;

/** The same for what `create` has just made: nothing is asked again. */
export type StartCreated = (
  context: ComposeContext,
  created: Created,
  options: StartOptions,
) => Promise<void>;

export type Stop = (context: ComposeContext, target: Target, options: StopOptions) => Promise<void>;
export type Restart = (context: ComposeContext, target: Target, options: RestartOptions) => Promise<void>;
export type Down = (context: ComposeContext, target: Target, options: DownOptions) => Promise<void>;

/** Answers with the names that were removed. */
export type Remove = (
  context: ComposeContext,
  target: Target,
  options: RemoveOptions,
) => Promise<readonly string[]>;

/** Answers with the names that were killed. */
export type Kill = (
  context: ComposeContext,
  target: Target,
  options: KillOptions,
) => Promise<readonly string[]>;
export type Pause = (context: ComposeContext, target: Target, options: ServiceChoice) => Promise<void>;
export type Unpause = Pause;

/** Scales the services named and starts what is new. */
export type Scale = (
  context: ComposeContext,
  project: Project,
  scale: ReadonlyMap<string, number>,
  options: { readonly noDependencies: boolean },
) => Promise<void>;

/** Waits for every container of the services; answers with the code of the last that ended. */
export type Wait = (
  context: ComposeContext,
  target: Target,
  options: ServiceChoice & { onExit(id: string, code: number): void },
) => Promise<number>;

/** What `run` needs before its container: what the service depends on, up and in the state it asks for. */
export type StartDependencies = (
  context: ComposeContext,
  project: Project,
  service: string,
  options: UpOptions,
) => Promise<Created>;

/**
 * Replaces running replicas of one service that has changed, as its `deploy.update_config` says.
 * Called when what the service depends on is ready. Answers with the containers as they are then.
 */
export type ReplaceReplicas = (
  context: ComposeContext,
  wish: {
    readonly project: Project;
    readonly service: Service;
    /** Those to be replaced, by falling number. */
    readonly replaced: readonly ObservedContainer[];
    /** Makes the container that takes the place of another, under its final name when `finish` is called. */
    recreate(old: ObservedContainer): Promise<Successor>;
    readonly timeout: number | undefined;
  },
) => Promise<readonly ObservedContainer[]>;

/** A container made for the place of another: not started, and named `<short id>_<name>` until it has it. */
export interface Successor {
  readonly container: ObservedContainer;
  start(): Promise<void>;
  /**
   * Stops the old one, and keeps it: hooks, then `POST /containers/{id}/stop?drain=…`. A Hull engine
   * sends it nobody new, and lets those it serves take `drainSeconds` to end before the signal.
   */
  stopOld(drainSeconds: number): Promise<void>;
  /** The old one goes on after all. */
  startOld(): Promise<void>;
  /** Stops, if it runs, and removes the old one and takes its name. */
  finish(): Promise<void>;
  /** Removes the new one; the old one stays. */
  undo(): Promise<void>;
}
