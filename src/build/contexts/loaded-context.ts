import type { ContextSource } from "../build-request.ts";
import type { SourceFile } from "../dockerfile/source.ts";

/**
 * A remote context brought here. `load-context.ts`: `loadContext(source, directory, scope)` for git and
 * http, before anything is planned, because the Dockerfile is in it. `directory` is an empty one of the
 * build's session.
 */
export type LoadedContext =
  | { readonly kind: "directory"; readonly path: string }
  /** The URL was that of a Dockerfile; its context is empty. */
  | { readonly kind: "dockerfile"; readonly file: SourceFile };

export type RemoteContextSource = Extract<ContextSource, { kind: "git" | "http" }>;

/** `receive-context.ts`: `receiveContext(stream, directory, signal)`: the tar in a request's body, plain or compressed. */
export type ReceivedContext = LoadedContext;
