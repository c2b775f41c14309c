import { dirname } from "node:path";
import type { Terminal } from "../../src/cli/command.ts";
import { composeConfigCommand } from "../../src/cli/commands/compose/config.ts";
import { problemsText } from "../../src/cli/compose/file-problems.ts";
import { composeGroupFlags } from "../../src/cli/compose/group-flags.ts";
import { openProject } from "../../src/cli/compose/open-project.ts";
import { parseFlags } from "../../src/cli/flags/parse.ts";
import type { Session } from "../../src/cli/session.ts";
import { painter } from "../../src/cli/terminal/colours.ts";
import { ComposeFileError } from "../../src/compose/load/compose-error.ts";
import type { Project } from "../../src/compose/model/project.ts";
import { messageOf } from "../../src/errors/engine-error.ts";
import { type CorpusCase, corpusPlace } from "./compose-corpus.ts";

/** What `compose config` prints, called in the directory of the case; paths as Docker Compose saw them. */
export async function corpusConfig(asked: CorpusCase, words: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const terminal: Terminal = { out: (text) => printed.push(text), err: () => undefined };
  await inDirectory(asked, (session) =>
    composeConfigCommand.run(parseFlags(composeConfigCommand.flags, [...words]), terminal, session),
  );
  return asSeen(printed.join(""), asked);
}

/** The project with its paths as Docker Compose saw them, for its hashes are over these too. */
export async function corpusProject(asked: CorpusCase): Promise<Project> {
  const quiet: Terminal = { out: () => undefined, err: () => undefined };
  const steps = {
    resolveEnvironment: false,
    discardLabelFiles: true,
    checkConsistency: !asked.flags.includes("--no-consistency"),
    normalize: !asked.flags.includes("--no-normalize"),
    resolvePaths: !asked.flags.includes("--no-path-resolution"),
  };
  const project = await inDirectory(asked, (session) => openProject(quiet, session, { steps }));
  const moved = (value: unknown): unknown => {
    if (typeof value === "string") return asSeen(value, asked);
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item)]));
  };
  return moved(project) as Project;
}

/** Our sentences about a mistake, a line each, with `file:line:column`; undefined where there is none. */
export async function corpusRefusal(asked: CorpusCase): Promise<readonly string[] | undefined> {
  try {
    await corpusConfig(asked, asked.flags);
    return undefined;
  } catch (error) {
    const view = { paint: painter(false), workingDirectory: asked.directory, lines: () => undefined };
    const text = error instanceof ComposeFileError ? problemsText(error, view) : messageOf(error);
    return asSeen(text, asked).split("\n").filter(Boolean);
  }
}

/** No engine, no configuration, no environment but that of the case. */
async function inDirectory<Result>(asked: CorpusCase, work: (session: Session) => Promise<Result>) {
  const before = process.cwd();
  process.chdir(asked.directory);
  try {
    const group = parseFlags(composeGroupFlags, [...asked.command]);
    return await work({ env: asked.env, group } as unknown as Session);
  } finally {
    process.chdir(before);
  }
}

const asSeen = (text: string, { directory }: CorpusCase) => text.replaceAll(dirname(directory), corpusPlace);
