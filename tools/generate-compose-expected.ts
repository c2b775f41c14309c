import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
} from "../tests/setup/compose-corpus.ts";

/**
 * Makes `tests/fixtures/compose/expected/` with a Docker Compose 2.x that is installed here:
 * `node tools/bun.mjs tools/generate-compose-expected.ts /path/to/docker-compose [name…]`.
 * With `--problems` in place of the program: our own sentences about the mistakes, to be reviewed.
 */
const [program, ...only] = process.argv.slice(2);
if (!program) throw new Error("say where the docker-compose program is");

if (program === "--problems") {
  const { corpusRefusal } = await import("../tests/setup/compose-config.ts");
  const problems: Record<string, readonly string[] | null> = {};
  for (const asked of corpusMistakes()) problems[asked.name] = (await corpusRefusal(asked)) ?? null;
  writeFileSync(problemsFile, `${JSON.stringify(problems, null, 1)}\n`);
  process.exit(0);
}

interface Answer {
  readonly out: string;
  readonly problem: string | undefined;
}

function ask(asked: CorpusCase, ...words: string[]): Answer {
  const cwd = join(corpusPlace, asked.name);
  const stdin = asked.stdin ? readFileSync(join(cwd, asked.stdin)) : "ignore";
  const { stdout, stderr, exitCode } = Bun.spawnSync(
    [String(program), ...asked.command, "config", ...words],
    {
      cwd,
      env: asked.env,
      stdin,
    },
  );
  const problem = stderr
    .toString()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("time="))
    .join("\n");
  return { out: stdout.toString(), problem: exitCode === 0 ? undefined : problem };
}

function must(asked: CorpusCase, ...words: string[]): string {
  const { out, problem } = ask(asked, ...words);
  if (problem !== undefined) throw new Error(`${asked.name}: config ${words.join(" ")}: ${problem}`);
  return out;
}

const lines = (text: string) => text.split("\n").filter(Boolean).sort();

/** Each list by its flag; those Docker Compose cannot make of this case are left out. */
function facts(asked: CorpusCase): CorpusFacts {
  const flags = asked.flags.filter((flag) => flag.startsWith("-"));
  const found: Record<string, string[]> = {};
  for (const word of corpusLists) {
    const list = ask(asked, ...flags, `--${word}`);
    if (list.problem === undefined) found[word] = lines(list.out);
  }
  return { ...(asked.hash && { hashes: lines(must(asked, "--hash", "*")) }), ...found };
}

function place(all: readonly CorpusCase[]): void {
  rmSync(corpusPlace, { recursive: true, force: true });
  for (const { name, directory } of all) cpSync(directory, join(corpusPlace, name), { recursive: true });
}

mkdirSync(dirname(refusalsFile), { recursive: true });
const wanted = (asked: CorpusCase) => only.length === 0 || only.includes(asked.name);
const cases = corpusCases().filter(wanted);
place(cases);
for (const asked of cases) {
  writeFileSync(expectedFile(asked.name, "facts.json"), `${JSON.stringify(facts(asked), null, 1)}\n`);
  if (asked.ours) continue;
  writeFileSync(expectedFile(asked.name, "yaml"), must(asked, ...asked.flags));
  const json = ask(asked, ...asked.flags, "--format", "json");
  // Its JSON of build.ssh with a path is none: there the expected text is our own.
  if (json.problem === undefined) writeFileSync(expectedFile(asked.name, "json"), json.out);
}
if (only.length === 0) {
  const mistakes = corpusMistakes();
  place(mistakes);
  const refusals = mistakes.map((asked) => [asked.name, ask(asked, ...asked.flags).problem ?? null]);
  writeFileSync(refusalsFile, `${JSON.stringify(Object.fromEntries(refusals), null, 1)}\n`);
}
rmSync(corpusPlace, { recursive: true, force: true });
