import type { EngineClient } from "../../client/engine-client.ts";
import { jsonMessages } from "../../client/json-messages.ts";
import { internal } from "../../errors/engine-error.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import type { BuildMessage } from "../../protocol/build-messages.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { registryConfigHeader } from "../registry-auth/registry-config.ts";
import type { Session } from "../session.ts";
import { outputParameter } from "./build-outputs.ts";
import { classicQuery, extensionQuery } from "./build-query.ts";
import type { BuildSession } from "./build-session.ts";
import { lendAgent } from "./lend-agents.ts";
import { lendSecrets } from "./lend-secrets.ts";
import { listContext } from "./list-context.ts";
import { fetchCaches, sendCaches } from "./local-caches.ts";
import { sendContexts } from "./named-contexts.ts";
import { openShell } from "./open-shell.ts";
import { packContext } from "./pack-context.ts";
import type { PreparedBuild } from "./prepare-build.ts";
import { receiveOutput } from "./receive-output.ts";
import { failureText, type KnownFile, warningsText } from "./report-failure.ts";
import { type BuildShow, type ProgressKind, showBuild } from "./show-build.ts";
import { writeResults } from "./write-results.ts";

export interface HullBuild {
  readonly prepared: PreparedBuild;
  readonly engine: EngineClient;
  readonly lent: BuildSession;
  readonly kind: ProgressKind;
  readonly terminal: Terminal;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** How it is shown is somebody else's. */
type ShownBuild = Omit<HullBuild, "kind">;

/** One build on Hull's engine, and how it ended as an exit code. */
export async function runHullBuild(build: HullBuild): Promise<number> {
  const show = showBuild(build.kind, build.terminal, build.session.env);
  await performHullBuild(build, show);
  return report(build, show);
}

/** Lend, ask, show, fetch. How it ended is in the view. */
// trail: build
export async function performHullBuild(build: ShownBuild, show: BuildShow): Promise<void> {
  const { prepared, lent, signal } = build;
  await lendAll(build);
  const received = receiveOutputs(prepared, lent, signal);
  // A build that fails writes none: what waits for them ends with the session.
  received.catch(() => {});
  await follow(build, show);
  const { ended } = show.view;
  if (!ended) throw internal("the engine ended the build without saying how");
  if (ended.type === "result") {
    await received;
    await fetchCaches(lent, prepared.cacheTo, signal);
    writeResults(prepared.flags, ended.image, ended.metadata);
  }
  show.progress.end();
}

async function lendAll({ prepared, lent, signal }: ShownBuild): Promise<void> {
  await Promise.all([
    lendSecrets(lent, prepared.secrets, signal),
    ...prepared.agents.map((agent) => lendAgent(lent, agent, signal)),
    sendContexts(lent, prepared.contexts, signal),
    sendCaches(lent, prepared.cacheFrom, signal),
    sendDockerfile(prepared, lent, signal),
  ]);
}

/** One that is not in the context. */
async function sendDockerfile(
  { source }: PreparedBuild,
  lent: BuildSession,
  signal: AbortSignal,
): Promise<void> {
  const text =
    source.kind === "dockerfile"
      ? source.text
      : source.kind === "directory" && source.dockerfile.inContext === undefined
        ? source.dockerfile.text
        : undefined;
  if (text === undefined) return;
  const bytes = Buffer.from(text);
  const modified = { seconds: 0, nanoseconds: 0 };
  const entry = {
    path: "Dockerfile",
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    modified,
  } as const;
  const tar = Buffer.concat([formatHeader(entry), bytes, paddingAfter(bytes.length), endOfArchive()]);
  await lent.sendFiles("dockerfile", tar, signal);
}

async function receiveOutputs(
  { outputs }: PreparedBuild,
  lent: BuildSession,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    outputs.map(async (output, index) => {
      if (output.type === "image" || output.type === "registry") return;
      await receiveOutput(output, await lent.fetchOutput(String(index), signal));
    }),
  );
}

/** Sends the context, and shows what the engine tells until the build has ended. */
async function follow(build: ShownBuild, show: BuildShow): Promise<void> {
  const { prepared, engine, lent, terminal, session, signal } = build;
  try {
    const response = await engine.stream("ImageBuild", {
      query: queryOf(prepared, lent),
      upload: contextBody(prepared),
      headers: { "Content-Type": "application/x-tar", ...(await registryConfigHeader(terminal, session)) },
      signal,
    });
    for await (const message of jsonMessages<BuildMessage>(response.body)) {
      show.view.add(message);
      show.progress.add(message);
      if (message.type !== "shell") continue;
      using _pause = show.progress.pause();
      terminal.err("\nA shell in the failed step; the build ends when it does.\n");
      await openShell(lent, signal);
    }
  } catch (error) {
    show.view.cancelled = signal.aborted;
    show.progress.end();
    throw error;
  } finally {
    show.progress[Symbol.dispose]();
  }
}

function queryOf(
  { flags, variables, source, contexts, cacheFrom, cacheTo, outputs }: PreparedBuild,
  lent: BuildSession,
) {
  const json = (values: readonly string[]) => (values.length > 0 ? JSON.stringify(values) : undefined);
  const elsewhere =
    source.kind === "dockerfile" ||
    (source.kind === "directory" && source.dockerfile.inContext === undefined);
  return {
    ...classicQuery(flags, variables),
    ...extensionQuery(flags),
    q: undefined,
    progress: "events",
    session: lent.id,
    ...(elsewhere && { dockerfilefrom: "dockerfile" }),
    dockerfile: dockerfileName(source, flags.file),
    remote: source.kind === "remote" ? source.url : undefined,
    nocontext: source.kind === "dockerfile" || undefined,
    contexts: Object.keys(contexts.parameter).length > 0 ? JSON.stringify(contexts.parameter) : undefined,
    cachefrom: json(cacheFrom.parameter),
    cacheto: json(cacheTo.parameter),
    outputs: outputParameter(outputs),
  };
}

function dockerfileName(source: PreparedBuild["source"], file: string): string | undefined {
  switch (source.kind) {
    case "directory":
      return source.dockerfile.inContext ?? source.dockerfile.name;
    case "dockerfile":
      return "-";
    case "archive":
    case "remote":
      return file || undefined;
  }
  return source satisfies never;
}

function contextBody({ source }: PreparedBuild): ReadableStream<Uint8Array> | Uint8Array {
  if (source.kind === "directory") return packContext(source.root, listContext(source.root, source.ignore));
  if (source.kind === "archive") return source.stream;
  return new Uint8Array();
}

function report(build: HullBuild, { view, paint }: BuildShow): number {
  const { prepared, kind, terminal } = build;
  const { flags, source } = prepared;
  const { ended } = view;
  const file = knownFile(source);
  if (ended?.type === "error") {
    if (kind === "json" || kind === "rawjson") return exitCode.failed;
    if (!flags.check) terminal.err(warningsText(view.pressing(), file, paint, { inFull: false }));
    terminal.err(failureText(ended, view, file, paint));
    return exitCode.failed;
  }
  if (flags.check) return reportCheck(build, view, paint, file);
  if (kind === "plain" || kind === "tty" || kind === "auto") {
    terminal.err(warningsText(view.pressing(), file, paint, { inFull: false }));
  }
  if (kind === "quiet" && ended?.image !== undefined) terminal.out(`${ended.image}\n`);
  return exitCode.ok;
}

function reportCheck(
  { kind, terminal }: HullBuild,
  view: BuildShow["view"],
  paint: BuildShow["paint"],
  file: KnownFile | undefined,
): number {
  const failed = view.ended?.type === "result" && view.ended.failedChecks > 0;
  if (kind !== "json" && kind !== "rawjson") {
    const none = "Check complete, no warnings found.\n";
    const text = warningsText(view.warnings, file, paint, { inFull: true });
    terminal.out(
      view.warnings.length === 0
        ? none
        : `${text.trimStart()}Check complete, ${view.warnings.length} found.\n`,
    );
  }
  return failed ? exitCode.failed : exitCode.ok;
}

export function knownFile(source: PreparedBuild["source"]): KnownFile | undefined {
  if (source.kind === "directory") return { name: source.dockerfile.name, text: source.dockerfile.text };
  if (source.kind === "dockerfile") return { name: "-", text: source.text };
  return undefined;
}
