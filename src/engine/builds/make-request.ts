import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildOutput, BuildRequest, CacheLocation, ContextSource } from "../../build/build-request.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { BuildOrder, NamedContext, OrderedCache, OrderedOutput } from "../services/builds.ts";
import type { BuildSession } from "./build-session.ts";
import { contextSource } from "./context-source.ts";

/** Puts what the session lent in the places of its names, and brings the context here. */
export async function makeRequest(
  order: BuildOrder,
  session: BuildSession | undefined,
  directory: string,
  signal: AbortSignal,
): Promise<BuildRequest> {
  const lender = (what: string): BuildSession => {
    if (!session) throw invalidArgument(`${what} needs a build session`);
    return session;
  };
  const { onShell } = order;
  return {
    ...order,
    dockerfile: dockerfileOf(order.dockerfile, lender),
    context: await contextSource(order.context, directory, signal),
    namedContexts: new Map(
      [...order.namedContexts].map(([name, named]) => [name, namedSource(named, lender)]),
    ),
    cacheFrom: order.cacheFrom.map((cache) =>
      cacheLocation(cache, (name) => lender("a local cache").filesOf(name)),
    ),
    cacheTo: order.cacheTo.map((cache) =>
      cacheLocation(cache, (name) => lender("a local cache").newDirectory(name)),
    ),
    outputs: order.outputs.map((output) => buildOutput(output, lender)),
    secrets: session ? session.secrets : { read: async () => undefined },
    sshAgent: (id) => session?.agent(id),
    signal,
    ...(onShell && {
      onFailure: async (failed) => {
        onShell(failed.id);
        await lender("a shell in the failed step").lendStep(failed, signal);
      },
    }),
  };
}

type Lender = (what: string) => BuildSession;

function dockerfileOf(asked: BuildOrder["dockerfile"], lender: Lender): BuildRequest["dockerfile"] {
  if ("inContext" in asked) return asked;
  const path = join(lender("a Dockerfile apart from the context").filesOf(asked.upload), "Dockerfile");
  // The client made this archive: a link in it would lead to files of the engine's machine.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return { name: asked.name, text: readFileSync(file, "utf8") };
  } finally {
    closeSync(file);
  }
}

function namedSource(named: NamedContext, lender: Lender): ContextSource {
  switch (named.kind) {
    case "upload":
      return { kind: "directory", path: lender("a named context").filesOf(named.name) };
    case "layout": {
      const path = lender("an OCI layout as context").filesOf(named.name);
      return { kind: "layout", path, reference: named.reference };
    }
    case "git":
    case "http":
    case "image":
      return named;
  }
  return named satisfies never;
}

function cacheLocation(cache: OrderedCache, directory: (name: string) => string): CacheLocation {
  if (cache.kind !== "local") return cache;
  return { kind: "local", path: directory(cache.name), mode: cache.mode };
}

function buildOutput(output: OrderedOutput, lender: Lender): BuildOutput {
  if (output.kind === "image" || output.kind === "registry") return output;
  const session = lender(`output of type ${output.kind}`);
  return { kind: output.kind, open: () => session.openOutput(output.name) };
}
