import type { Dockerfile } from "../../src/build/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/build/dockerfile/dockerfile-error.ts";
import type { Instruction } from "../../src/build/dockerfile/instruction.ts";
import type { LintFacts } from "../../src/build/dockerfile/lint/facts.ts";
import { lintDockerfile } from "../../src/build/dockerfile/lint/lint.ts";
import { parseDockerfile } from "../../src/build/dockerfile/parse-dockerfile.ts";
import type { BuildWarning, SourceFile } from "../../src/build/dockerfile/source.ts";
import { printPlace } from "./print-place.ts";

/** What reading a Dockerfile gives, for people to look at: its instructions and findings, or its mistake. */
export function printDockerfile(source: SourceFile, facts: LintFacts): string {
  try {
    const dockerfile = parseDockerfile(source);
    const findings = lintDockerfile(dockerfile, facts).flatMap(printFinding);
    return [...printParsed(dockerfile), ...findings, ""].join("\n");
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const hint = error.hint === undefined ? [] : [`instead: ${error.hint}`];
    return [`error: ${error.message}`, ...printPlace(source, error.range), ...hint, ""].join("\n");
  }
}

function printParsed({ directives, globalArgs, stages }: Dockerfile): readonly string[] {
  const { skip, experimental, error } = directives.check;
  const told = {
    ...(directives.syntax !== undefined && { syntax: directives.syntax }),
    ...(directives.escape !== "\\" && { escape: directives.escape }),
    ...(skip.length + experimental.length > 0 || error ? { check: directives.check } : {}),
  };
  return [
    ...(Object.keys(told).length === 0 ? [] : [`directives ${JSON.stringify(told)}`]),
    ...globalArgs.map(printInstruction),
    ...stages.flatMap((stage) => [
      `stage ${stage.index}${stage.name === undefined ? "" : ` ${stage.name}`}`,
      printInstruction(stage.from),
      ...stage.instructions.map(printInstruction),
    ]),
  ];
}

/** Its lines, its name, and of its fields those that say something. */
function printInstruction(instruction: Instruction): string {
  const { name, range, original: _, ...fields } = instruction;
  const told = Object.entries(fields).filter(([, value]) => !isDefault(value));
  return `  ${printLines(range)} ${name} ${JSON.stringify(Object.fromEntries(told))}`;
}

const isDefault = (value: unknown) =>
  value === false ||
  value === "default" ||
  value === "sandbox" ||
  (Array.isArray(value) && value.length === 0);

const printLines = ({ start, end }: Instruction["range"]) =>
  start.line === end.line ? `${start.line}` : `${start.line}-${end.line}`;

function printFinding({ rule, message, range, rewrite }: BuildWarning): readonly string[] {
  const place = range === undefined ? "" : ` ${printLines(range)}`;
  const lines = rewrite === undefined ? [] : rewrite.split("\n").map((line) => `  > ${line}`);
  return [`${rule}${place}: ${message}`, ...lines];
}
