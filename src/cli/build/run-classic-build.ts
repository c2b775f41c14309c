import type { EngineClient } from "../../client/engine-client.ts";
import { notImplemented } from "../../errors/engine-error.ts";
import { ignoreMatcher } from "../../lib/ignore-file.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { showTransfer } from "../progress/show-transfer.ts";
import { registryConfigHeader } from "../registry-auth/registry-config.ts";
import type { Session } from "../session.ts";
import { beyondClassic, classicQuery } from "./build-query.ts";
import { listContext } from "./list-context.ts";
import { type ExtraFile, packContext } from "./pack-context.ts";
import type { PreparedBuild } from "./prepare-build.ts";
import { writeResults } from "./write-results.ts";

export interface ClassicBuild {
  readonly prepared: PreparedBuild;
  readonly engine: EngineClient;
  readonly terminal: Terminal;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** A build on a stock engine, by its classic builder: its words are shown as they come. */
export async function runClassicBuild(build: ClassicBuild): Promise<number> {
  const { flags } = build.prepared;
  const refused = beyondClassic(flags);
  if (refused.length > 0) {
    throw notImplemented(`the engine is not Hull: its classic builder knows no ${refused.join(", ")}`);
  }
  const image = await performClassicBuild(build, (response, onAux) =>
    showTransfer(response, build.terminal, { onAux }),
  );
  writeResults(flags, image, {});
  return exitCode.ok;
}

/** Asks, and has `show` read the answer; gives the image's id. */
export async function performClassicBuild(
  { prepared, engine, terminal, session, signal }: ClassicBuild,
  show: (response: Response, onAux: (aux: unknown) => void) => Promise<void>,
): Promise<string | undefined> {
  const { flags, variables, cacheFrom } = prepared;
  const { body, dockerfile, remote } = bodyOf(prepared);
  const response = await engine.stream("ImageBuild", {
    query: {
      ...classicQuery(flags, variables),
      dockerfile,
      remote,
      cachefrom: cacheFrom.parameter.length > 0 ? JSON.stringify(cacheFrom.parameter) : undefined,
    },
    upload: body,
    headers: { "Content-Type": "application/x-tar", ...(await registryConfigHeader(terminal, session)) },
    signal,
  });
  let image: string | undefined;
  await show(response, (aux) => {
    if (typeof aux === "object" && aux !== null && "ID" in aux) image = String(aux.ID);
  });
  return image;
}

interface Body {
  readonly body: ReadableStream<Uint8Array> | Uint8Array;
  readonly dockerfile: string | undefined;
  readonly remote: string | undefined;
}

function bodyOf({ source, flags }: PreparedBuild): Body {
  switch (source.kind) {
    case "remote":
      return { body: new Uint8Array(), dockerfile: flags.file || undefined, remote: source.url };
    case "archive":
      return { body: source.stream, dockerfile: flags.file || undefined, remote: undefined };
    case "dockerfile": {
      const file = { path: "Dockerfile", bytes: Buffer.from(source.text) };
      return { body: packContext("/", [], [file]), dockerfile: undefined, remote: undefined };
    }
    case "directory": {
      const { root, ignore, dockerfile } = source;
      if (dockerfile.inContext !== undefined) {
        const rules = dockerfileKept(source);
        return {
          body: packContext(root, listContext(root, rules)),
          dockerfile: dockerfile.inContext,
          remote: undefined,
        };
      }
      const { name, files } = foreignDockerfile(
        dockerfile.text,
        ignore.rules.map(({ text }) => text),
      );
      return {
        body: packContext(root, listContext(root, ignore), files),
        dockerfile: name,
        remote: undefined,
      };
    }
  }
  return source satisfies never;
}

/** The engine needs the Dockerfile even where the ignore file leaves it out. */
function dockerfileKept({ ignore, dockerfile }: Extract<PreparedBuild["source"], { kind: "directory" }>) {
  const path = dockerfile.inContext ?? "";
  if (!ignore.isIgnored(path)) return ignore;
  return ignoreMatcher([...ignore.rules.map(({ text }) => text), `!${path}`]);
}

/** Goes along under a name nobody has, which its own ignore file keeps out of the image. */
function foreignDockerfile(text: string, rules: readonly string[]): { name: string; files: ExtraFile[] } {
  const name = `.dockerfile.${crypto.randomUUID().slice(0, 18)}`;
  const ignore = [...rules, name, ".dockerignore"].join("\n");
  return {
    name,
    files: [
      { path: name, bytes: Buffer.from(text) },
      { path: ".dockerignore", bytes: Buffer.from(`${ignore}\n`) },
    ],
  };
}
