import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  type CorpusCase,
  type CorpusFacts,
  corpusCases,
  corpusLists,
  corpusMistakes,
  corpusPlace,
  expectedFile,
  problemsFile,
  refusalsFile,
} from "../../../../tests/setup/compose-corpus.ts";
import { networkHash, serviceHash, volumeHash } from "../../../compose/hash/config-hash.ts";
import { ComposeFileError } from "../../../compose/load/compose-error.ts";
import type { Project } from "../../../compose/model/project.ts";
import { messageOf } from "../../../errors/engine-error.ts";
import type { Terminal } from "../../command.ts";
import { problemsText } from "../../compose/file-problems.ts";
import { composeGroupFlags } from "../../compose/group-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { parseFlags } from "../../flags/parse.ts";
import type { Session } from "../../session.ts";
import { painter } from "../../terminal/colours.ts";
import { composeConfigCommand } from "./config.ts";

/** What the command prints, called in the directory of the case; paths as Docker Compose saw them. */
async function config(asked: CorpusCase, ...words: readonly string[]): Promise<string> {
  let printed = "";
  const terminal: Terminal = { out: (text) => void (printed += text), err: () => undefined };
  await inDirectory(asked, (session) =>
    composeConfigCommand.run(parseFlags(composeConfigCommand.flags, words), terminal, session),
  );
  return asSeen(printed, asked);
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

const lines = (text: string) => text.split("\n").filter(Boolean).sort();

const quiet: Terminal = { out: () => undefined, err: () => undefined };

/** The project with its paths as Docker Compose saw them: hashes are over these too. */
async function projectAsSeen(asked: CorpusCase): Promise<Project> {
  const project = await inDirectory(asked, (session) =>
    openProject(quiet, session, { steps: { resolveEnvironment: false } }),
  );
  const moved = (value: unknown): unknown => {
    if (typeof value === "string") return asSeen(value, asked);
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item)]));
  };
  return moved(project) as Project;
}

// Standard input is the process's own: those cases are in tests/clients/compose-config.test.ts.
const cases = corpusCases().filter(({ stdin }) => stdin === undefined);

describe.each(cases.map((asked) => [asked.name, asked] as const))("compose file %s", (name, asked) => {
  const facts = () => JSON.parse(readFileSync(expectedFile(name, "facts.json"), "utf8")) as CorpusFacts;

  test("prints as Docker Compose's YAML", async () => {
    expect(await config(asked, ...asked.flags)).toBe(readFileSync(expectedFile(name, "yaml"), "utf8"));
  });

  test.skipIf(!existsSync(expectedFile(name, "json")))("prints as Docker Compose's JSON", async () => {
    const printed = await config(asked, ...asked.flags, "--format", "json");
    expect(printed).toBe(readFileSync(expectedFile(name, "json"), "utf8"));
  });

  test.skipIf(!asked.hash)("has Docker Compose's hashes", async () => {
    const project = await projectAsSeen(asked);
    const hashes = Object.values(project.services).map(
      (service) => `${service.name} ${serviceHash(service, project)}`,
    );
    expect(hashes.sort()).toEqual([...(facts().hashes ?? [])]);
  });

  test("has Docker Compose's lists", async () => {
    const flags = asked.flags.filter((flag) => flag.startsWith("-"));
    const expected = facts();
    for (const word of corpusLists) {
      const list = expected[word];
      if (!list) continue;
      const printed = lines(await config(asked, ...flags, `--${word}`));
      if (word === "variables") expect(printed.map(firstWord)).toEqual(list.map(firstWord).sort());
      else expect([word, ...printed]).toEqual([word, ...list]);
    }
  });
});

/** A variable that is spoken of twice has either's default in Docker Compose, by chance. */
const firstWord = (line: string) => line.split(/\s/)[0];

const problems = JSON.parse(readFileSync(problemsFile, "utf8")) as Record<string, readonly string[]>;
const refusals = JSON.parse(readFileSync(refusalsFile, "utf8")) as Record<string, string | null>;

describe.each(corpusMistakes().map((asked) => [asked.name, asked] as const))("mistake %s", (name, asked) => {
  test("is refused, and the message says where and what", async () => {
    const said = await refusal(asked);
    if (said === undefined) expect([name, refusals[name]]).toEqual([name, null]);
    expect(said).toEqual([...(problems[name] ?? [])]);
  });
});

async function refusal(asked: CorpusCase): Promise<readonly string[] | undefined> {
  try {
    await config(asked, ...asked.flags);
    return undefined;
  } catch (error) {
    if (!(error instanceof ComposeFileError)) return [asSeen(messageOf(error), asked)];
    const view = { paint: painter(false), workingDirectory: asked.directory, lines: () => undefined };
    return asSeen(problemsText(error, view), asked).trimEnd().split("\n").filter(Boolean);
  }
}

test("hashes of networks and volumes are those Docker Compose writes on them", () => {
  expect(networkHash({ name: "corpus_default" })).toBe("");
  expect(volumeHash({ name: "corpus_data" })).toBe("");
});
