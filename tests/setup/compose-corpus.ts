import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The compose files of `tests/fixtures/compose/`: see the README there. */
const root = join(dirname(import.meta.dir), "fixtures/compose");

/** Where Docker Compose saw the files when the expected texts were made; paths in them begin with it. */
export const corpusPlace = "/tmp/compose-corpus";

/** The home directory of who called it. */
export const corpusHome = "/home/user";

export interface CorpusCase {
  readonly name: string;
  readonly directory: string;
  /** Flags between `compose` and `config`. */
  readonly command: readonly string[];
  /** Flags and services behind `config`. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The file that is standard input. */
  readonly stdin: string | undefined;
  /** Whether the services' hashes are compared; not where flags leave the model half done. */
  readonly hash: boolean;
  /** Why the expected texts are not Docker Compose's but our own. */
  readonly ours: string | undefined;
}

export const corpusCases = (): readonly CorpusCase[] => casesIn("files");

/** Files that are refused. */
export const corpusMistakes = (): readonly CorpusCase[] => casesIn("mistakes");

function casesIn(kind: "files" | "mistakes"): readonly CorpusCase[] {
  const folder = join(root, kind);
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const directory = join(folder, name);
      const file = join(directory, "case.json");
      const said = (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}) as Partial<CorpusCase>;
      const { command = [], flags = [], env = {}, stdin, hash = true, ours } = said;
      return { name, directory, command, flags, env: { HOME: corpusHome, ...env }, stdin, hash, ours };
    });
}

/** What `config` prints as a list, by the word of its flag. */
export const corpusLists = [
  "services",
  "images",
  "volumes",
  "networks",
  "models",
  "profiles",
  "environment",
  "variables",
] as const;

/** What Docker Compose says besides the model, each line by line; maps of Go come in any order, so sorted. */
export type CorpusFacts = {
  readonly [Word in (typeof corpusLists)[number] | "hashes"]?: readonly string[];
};

export const expectedFile = (name: string, ending: "yaml" | "json" | "facts.json") =>
  join(root, "expected", `${name}.${ending}`);

/** By name: the sentence with which Docker Compose refuses, or null where it does not. */
export const refusalsFile = join(root, "expected/refusals.json");

/** By name: what we say, line by line. */
export const problemsFile = join(root, "expected/problems.json");
