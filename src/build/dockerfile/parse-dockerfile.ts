import { readDirectives } from "./directives.ts";
import type { Directives, Dockerfile, Stage } from "./dockerfile.ts";
import { type DockerfileError, parseError } from "./dockerfile-error.ts";
import { heredocWords } from "./heredoc.ts";
import type { From, Heredoc, Instruction, InstructionOf } from "./instruction.ts";
import { jsonWords } from "./json-words.ts";
import { LineReader, type LogicalLine, rangeOf } from "./logical-lines.ts";
import { readInstruction, withoutTabs } from "./read-instruction.ts";
import type { BuildWarning, Position, SourceFile } from "./source.ts";
import { linesOf } from "./source-lines.ts";
import { cutStatement } from "./statement.ts";

/** Reads a Dockerfile, whole; the first mistake of form ends it with a DockerfileError. */
export function parseDockerfile(source: SourceFile): Dockerfile {
  const globalArgs: InstructionOf<"ARG">[] = [];
  const stages: StageDraft[] = [];
  const { directives, warnings, count } = readAll(source, (instruction) => {
    const stage = stages.at(-1);
    if (instruction.name === "FROM") stages.push({ from: instruction, instructions: [] });
    else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.name === "ARG") globalArgs.push(instruction);
    else {
      throw parseError(source, instruction.range, "no build stage in current context", {
        hint: `FROM image, above ${instruction.name}`,
      });
    }
  });
  if (stages.length === 0) throw emptyFile(source, count);
  return { source, directives, globalArgs, stages: stages.map(toStage), warnings };
}

interface StageDraft {
  readonly from: From;
  readonly instructions: Instruction[];
}

const toStage = ({ from, instructions }: StageDraft, index: number): Stage => ({
  index,
  ...(from.as !== undefined && { name: from.as.toLowerCase() }),
  from,
  instructions,
});

function emptyFile(source: SourceFile, instructions: number): DockerfileError {
  const start = { line: 1, column: 1 };
  const reason =
    instructions > 0
      ? "dockerfile contains no stages to build"
      : source.text === ""
        ? "the Dockerfile cannot be empty"
        : "file with no instructions";
  return parseError(source, { start, end: start }, reason, { hint: "FROM image" });
}

/**
 * The instructions of any text, wherever they may stand: changes of a commit, triggers. `refuse` sees every
 * keyword first, in capitals, and throws where it may not be there.
 */
export function parseInstructions(
  source: SourceFile,
  refuse?: (keyword: string) => void,
): {
  readonly directives: Directives;
  readonly instructions: readonly Instruction[];
  readonly warnings: readonly BuildWarning[];
} {
  const instructions: Instruction[] = [];
  const { directives, warnings } = readAll(source, (instruction) => instructions.push(instruction), refuse);
  return { directives, instructions, warnings };
}

/** Reads one instruction after another, so that the first mistake of a file is the one that is told. */
function readAll(
  source: SourceFile,
  onInstruction: (instruction: Instruction) => void,
  refuse?: (keyword: string) => void,
): { directives: Directives; warnings: readonly BuildWarning[]; count: number } {
  const reader = new LineReader(source);
  const directives = readDirectives(source, reader);
  let count = 0;
  const warnings: BuildWarning[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (line.emptyLines.length > 0) warnings.push(emptyContinuation(source, line));
    const parts = cutStatement(line, 0, directives.escape);
    refuse?.(parts.keyword.text.toUpperCase());
    const { heredocs, end } = readHeredocs(source, reader, line, parts);
    const isOnbuild = parts.keyword.text.toUpperCase() === "ONBUILD";
    count++;
    onInstruction(
      readInstruction({
        file: source,
        line,
        escape: directives.escape,
        ...parts,
        heredocs: isOnbuild ? heredocs : heredocs.map(withoutTabs),
        end,
        warnings,
      }),
    );
  }
  return { directives, warnings, count };
}

/** The one instruction an ONBUILD of an image holds. */
export function parseTrigger(trigger: string): Instruction {
  const source = { name: "ONBUILD", text: trigger };
  const { instructions } = parseInstructions(source);
  const [instruction, ...others] = instructions;
  const start = { line: 1, column: 1 };
  const range = instruction?.range ?? { start, end: start };
  if (instruction === undefined || others.length > 0) {
    throw parseError(source, range, "onbuild trigger should be a single expression");
  }
  const { name } = instruction;
  if (name === "FROM" || name === "MAINTAINER" || name === "ONBUILD") {
    throw parseError(source, range, `${name} isn't allowed as an ONBUILD trigger`);
  }
  return instruction;
}

/** Below RUN, COPY and ADD, also those of an ONBUILD; the exec form has none. */
function readHeredocs(
  source: SourceFile,
  reader: LineReader,
  line: LogicalLine,
  parts: ReturnType<typeof cutStatement>,
): { heredocs: Heredoc[]; end: Position } {
  const heredocs: Heredoc[] = [];
  let { end } = line;
  if (!line.text.includes("<<") || !mayHaveHeredocs(line, parts)) return { heredocs, end };
  for (const word of heredocWords(line.text)) {
    let content = "";
    for (;;) {
      const raw = reader.raw();
      if (raw === undefined) {
        throw parseError(
          source,
          rangeOf(line, parts.keyword.at, line.text.trimEnd().length),
          "unterminated heredoc",
          {
            hint: `${word.name} on a line of its own`,
          },
        );
      }
      const text = raw.text.replace(/[\r\n]+$/, "");
      if ((word.chomp ? text.replace(/^\t+/, "") : text) === word.name) {
        end = { line: raw.number, column: text.length + 1 };
        break;
      }
      content += raw.text;
    }
    heredocs.push({ ...word, content });
  }
  return { heredocs, end };
}

function mayHaveHeredocs(line: LogicalLine, { keyword, rest }: ReturnType<typeof cutStatement>): boolean {
  const name = keyword.text.toUpperCase();
  if (name === "ONBUILD") {
    return rest.text !== "" && mayHaveHeredocs(line, cutStatement(line, rest.at, "\\"));
  }
  return (name === "RUN" || name === "COPY" || name === "ADD") && !Array.isArray(jsonWords(rest.text));
}

function emptyContinuation(source: SourceFile, line: LogicalLine): BuildWarning {
  const begin = line.pieces[0]?.line ?? line.end.line;
  const lines = linesOf(source).slice(begin - 1, line.end.line);
  const first = line.emptyLines[0] ?? line.end.line;
  return {
    rule: "NoEmptyContinuation",
    message: "Empty continuation line",
    detail: "Empty continuation lines will become errors in a future release",
    url: "https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/",
    range: { start: { line: first, column: 1 }, end: { line: first, column: 1 } },
    rewrite: lines.filter((text) => text.trim() !== "").join("\n"),
  };
}
