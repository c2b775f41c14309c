import type { Platform } from "../oci/platform.ts";
import type { Credentials } from "../registry/auth/credentials.ts";
import type { BuildEvent } from "./build-event.ts";
import type { SourceFile } from "./dockerfile/source.ts";
import type { ProcessLimits, ProcessTerminal } from "./executor.ts";

/** One build, everything decided that does not need the Dockerfile. */
export interface BuildRequest {
  readonly dockerfile: SourceFile | { readonly inContext: string };
  readonly context: ContextSource;
  /** `--build-context NAME=…` */
  readonly namedContexts: ReadonlyMap<string, ContextSource>;
  readonly target: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly platforms: readonly Platform[];
  /** True: nothing is taken from the cache; names: not for these stages. */
  readonly noCache: boolean | readonly string[];
  readonly pull: boolean;
  readonly network: "default" | "none" | "host" | { readonly name: string };
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly limits: ProcessLimits;
  readonly secrets: SecretSource;
  /** The user's login at a registry (`docker.io`, `host:5000`), for what this build pulls and pushes. */
  readonly credentials: (domain: string) => Credentials | undefined;
  /** Opens a connection to the agent of this id on the client's side; undefined: it was not offered. */
  readonly sshAgent: (id: string) => SshAgent | undefined;
  readonly allow: ReadonlySet<"network.host" | "security.insecure">;
  readonly cacheFrom: readonly CacheLocation[];
  readonly cacheTo: readonly CacheLocation[];
  readonly outputs: readonly BuildOutput[];
  /** Tags for the image, familiar names with a tag. */
  readonly tags: readonly string[];
  readonly squash: boolean;
  /** `--unset VOLUME=/x`: taken off the configuration of every base image. */
  readonly unset: readonly { readonly kind: "VOLUME" | "EXPOSE" | "ENV" | "LABEL"; readonly name: string }[];
  readonly explain: boolean;
  /** Only read and lint. */
  readonly checkOnly: boolean;
  /** `--on-error=shell`: called while the failed step's files are still there; the build fails when it settles. */
  readonly onFailure?: (failed: FailedStep) => Promise<void>;
  readonly onEvent: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

/** A RUN step that failed, for somebody who wants to look around in it. */
export interface FailedStep {
  /** Of the step's event. */
  readonly id: number;
  /** Runs the stage's shell as the step ran: its files, mounts and environment, without its secrets. */
  shell(
    terminal: ProcessTerminal,
    onOutput: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<number>;
}

/** Where files come from. A received directory belongs to the build's session, which removes it. */
export type ContextSource =
  | { readonly kind: "none" }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "git"; readonly url: string }
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "image"; readonly reference: string }
  /** An OCI layout the client sent, unpacked. */
  | { readonly kind: "layout"; readonly path: string; readonly reference: string };

export interface SecretSource {
  /** Undefined: no such secret was given. Never written to disk outside of a tmpfs. */
  read(id: string): Promise<Uint8Array | undefined>;
}

export interface SshAgent {
  connect(signal: AbortSignal): Promise<{
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
  }>;
}

/** `type=registry,ref=…`, `type=local` (a directory of the session that the client fills or fetches), `type=inline`. */
export type CacheLocation =
  | { readonly kind: "registry"; readonly reference: string; readonly mode: "min" | "max" }
  | { readonly kind: "local"; readonly path: string; readonly mode: "min" | "max" }
  | { readonly kind: "inline" };

/** Where the result goes. `open` gives the stream to the client; it is written whole or aborted. */
export type BuildOutput =
  | { readonly kind: "image"; readonly push: boolean }
  /** A docker-archive or OCI layout as tar, or the files of the result as tar. */
  | { readonly kind: "docker" | "oci" | "tar"; open(): WritableStream<Uint8Array> }
  | { readonly kind: "registry" };

export interface BuildResult {
  /** Undefined where no image was asked for. */
  readonly imageId: string | undefined;
  /** For `--metadata-file`: `containerimage.digest`, `containerimage.config.digest`, `image.name`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly failedChecks: number;
}
