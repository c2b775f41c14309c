import type { BuildEvent } from "../../build/build-event.ts";
import type { BuildRequest, BuildResult } from "../../build/build-request.ts";
import type { BuildWarning, SourceFile, SourceRange } from "../../build/dockerfile/source.ts";
import type { ProcessTerminal } from "../../build/executor.ts";
import type { CachePolicy, CacheUsage } from "../../build/solver/build-cache.ts";

export interface BuildService {
  /** What clients lend to their builds: files, secrets, agents. */
  readonly sessions: BuildSessions;
  /** Throws the failure of the first step that failed. */
  build(order: BuildOrder): Promise<BuildResult>;
  /** Where in the Dockerfile the failure lies, as far as it says so. */
  placeOf(error: unknown): FailurePlace | undefined;
  /** The same failure as the classic builder says it: of a command, with its exit code. */
  classicError(error: unknown): unknown;
  /**
   * Whether a build has come to this state of an image before; from now on one has. For the words of the
   * classic builder about steps that make no files: they cost nothing, and are not in the cache.
   */
  reached(state: string): boolean;
  /** Ends a running build by the id its client chose; one that is not there has ended. */
  cancel(buildId: string): void;
  prune(policy: CachePolicy): Promise<{ readonly deleted: readonly string[]; readonly reclaimed: number }>;
  usage(): Promise<readonly CacheUsage[]>;
  /** The files of a cache mount as a tar; throws `not_found` where no build has made it. */
  exportMount(id: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Puts the files of a tar, perhaps compressed, into a cache mount. */
  importMount(id: string, tar: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void>;
}

export type { BuildEvent, BuildResult, BuildWarning, CachePolicy, CacheUsage, SourceRange };

/** One build as its client asked for it; what belongs to its session is named, not there yet. */
export interface BuildOrder
  extends Omit<
    BuildRequest,
    | "dockerfile"
    | "context"
    | "namedContexts"
    | "secrets"
    | "sshAgent"
    | "cacheFrom"
    | "cacheTo"
    | "outputs"
    | "onFailure"
  > {
  readonly buildId: string | undefined;
  readonly session: string | undefined;
  /** A path in the context, or files of the session: the Dockerfile and perhaps its ignore file. */
  readonly dockerfile: { readonly inContext: string } | { readonly upload: string; readonly name: string };
  readonly context: OrderedContext;
  readonly namedContexts: ReadonlyMap<string, NamedContext>;
  readonly cacheFrom: readonly OrderedCache[];
  readonly cacheTo: readonly OrderedCache[];
  readonly outputs: readonly OrderedOutput[];
  /** `--on-error=shell`: called with the failed step's id; the session's shell is waited for. */
  readonly onShell: ((step: number) => void) | undefined;
}

export type OrderedContext =
  | { readonly kind: "none" }
  | { readonly kind: "tar"; readonly body: ReadableStream<Uint8Array> }
  | { readonly kind: "remote"; readonly url: string };

export type NamedContext =
  | { readonly kind: "upload"; readonly name: string }
  | { readonly kind: "layout"; readonly name: string; readonly reference: string }
  | { readonly kind: "git" | "http"; readonly url: string }
  | { readonly kind: "image"; readonly reference: string };

export type OrderedCache =
  | { readonly kind: "registry"; readonly reference: string; readonly mode: "min" | "max" }
  | { readonly kind: "local"; readonly name: string; readonly mode: "min" | "max" }
  | { readonly kind: "inline" };

/** `name`: under which the client fetches the stream. */
export type OrderedOutput =
  | { readonly kind: "image"; readonly push: boolean }
  | { readonly kind: "docker" | "oci" | "tar"; readonly name: string }
  | { readonly kind: "registry" };

export interface FailurePlace {
  readonly file: SourceFile;
  readonly range: SourceRange;
  readonly hint: string | undefined;
}

/** What one client lends to its builds, for as long as its connection stands. */
export interface BuildSessions {
  /** Ends with the signal: files are removed, secrets forgotten, builds cancelled. */
  open(signal: AbortSignal): string;
  /** Settles when all of it is gone. */
  ended(id: string): Promise<void>;
  /** A tar, perhaps compressed, under a name: a context, the Dockerfile, a cache. */
  receiveFiles(id: string, name: string, tar: ReadableStream<Uint8Array>): Promise<void>;
  /** What a build left under a name: a cache. */
  sendFiles(id: string, name: string): ReadableStream<Uint8Array>;
  giveSecret(id: string, name: string, value: Uint8Array): void;
  /** Offers one connection to the agent; resolves when it was used and is over. */
  offerAgent(id: string, name: string, connection: AgentConnection): Promise<void>;
  /** Waits until a build writes the output of this name. */
  output(id: string, name: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Joins a terminal with the step that failed; resolves with the shell's exit code. */
  shell(
    id: string,
    terminal: Omit<ProcessTerminal, "resizes">,
    write: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<number>;
  resizeShell(id: string, height: number, width: number): void;
}

export interface AgentConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}
