import type { Dockerfile } from "../dockerfile.ts";
import type { Instruction } from "../instruction.ts";
import { allInstructions, docs, type Finding, type Rule, type Subject } from "./rule.ts";

/** The comments between an instruction and the one before it; one without words begins anew. */
export type NoteReader = (instruction: Instruction) => readonly string[];

export function noteReader(dockerfile: Dockerfile, lines: readonly string[]): NoteReader {
  const ends = new Map<Instruction, number>();
  let end = 0;
  for (const instruction of allInstructions(dockerfile)) {
    ends.set(instruction, end);
    end = instruction.range.end.line;
  }
  return (instruction) => {
    const notes: string[] = [];
    for (const line of lines.slice(ends.get(instruction) ?? 0, instruction.range.start.line - 1)) {
      const note = /^\s*#(.*)$/.exec(line)?.[1]?.trim();
      if (note === "") notes.length = 0;
      else if (note !== undefined) notes.push(note);
    }
    return notes;
  };
}

export const invalidDefinitionDescription: Rule = {
  name: "InvalidDefinitionDescription",
  detail:
    "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
  url: docs("invalid-definition-description"),
  experimental: true,
  find: findDescriptions,
};

function* findDescriptions(subject: Subject): Generator<Finding> {
  for (const instruction of allInstructions(subject.dockerfile)) {
    const names = describedNames(instruction);
    const above = subject.lines[instruction.range.start.line - 2] ?? "";
    const [, word] = /^\s*#\s*(\S+)/.exec(above) ?? [];
    const [name] = names;
    if (name === undefined || word === undefined || names.includes(word) || isDirective(above)) continue;
    const example = names.length > 1 ? "<arg_key>" : name;
    yield {
      message: `Comment for ${instruction.name} should follow the format: \`# ${example} <description>\``,
      range: instruction.range,
      at: instruction,
      rewrite: `# ${example} ${above.replace(/^\s*#\s*/, "")}\n${instruction.original}`,
    };
  }
}

const isDirective = (line: string) => /^\s*#\s*(?:syntax|escape|check)\s*=/i.test(line);

function describedNames(instruction: Instruction): readonly string[] {
  if (instruction.name === "FROM") return instruction.as === undefined ? [] : [instruction.as.toLowerCase()];
  return instruction.name === "ARG" ? instruction.args.map(({ key }) => key) : [];
}
