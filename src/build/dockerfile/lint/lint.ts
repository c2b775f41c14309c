import { parseCheckOptions } from "../check-options.ts";
import type { Directives, Dockerfile } from "../dockerfile.ts";
import { DockerfileError } from "../dockerfile-error.ts";
import type { Instruction } from "../instruction.ts";
import type { BuildWarning } from "../source.ts";
import { linesOf } from "../source-lines.ts";
import { invalidDefaultArgInFrom, undefinedArgInFrom } from "./base-image.ts";
import { fromPlatformFlagConstDisallowed, redundantTargetPlatform } from "./base-platform.ts";
import { consistentInstructionCasing, fromAsCasing, stageNameCasing } from "./casing.ts";
import { jsonArgsRecommended, multipleInstructionsDisallowed } from "./command-lines.ts";
import { invalidDefinitionDescription, type NoteReader, noteReader } from "./comments.ts";
import { copyIgnoredFile } from "./copy-ignored-file.ts";
import { copyLockFilesFirst, orderByChangeRate } from "./copy-order.ts";
import { exposeInvalidFormat, exposeProtoCasing } from "./expose.ts";
import type { LintFacts } from "./facts.ts";
import { legacyKeyValueFormat, maintainerDeprecated } from "./old-forms.ts";
import { pinVersions } from "./pin-versions.ts";
import { allInstructions, type Rule, type Subject } from "./rule.ts";
import { aptUpdateApart, cleanUpInLaterLayer, mergeRunLayers } from "./run-layers.ts";
import { globalScope, visitAll } from "./scopes.ts";
import { secretsUsedInArgOrEnv } from "./secrets.ts";
import { duplicateStageName, reservedStageName } from "./stage-names.ts";
import { undefinedVar } from "./undefined-var.ts";
import { workdirRelativePath } from "./workdir.ts";

/** BuildKit's rules first, then what a course on images teaches. */
export const rules: readonly Rule[] = [
  ...[stageNameCasing, fromAsCasing, consistentInstructionCasing, duplicateStageName, reservedStageName],
  ...[jsonArgsRecommended, maintainerDeprecated, undefinedArgInFrom, workdirRelativePath, undefinedVar],
  ...[multipleInstructionsDisallowed, legacyKeyValueFormat, redundantTargetPlatform, secretsUsedInArgOrEnv],
  ...[invalidDefaultArgInFrom, fromPlatformFlagConstDisallowed, copyIgnoredFile, exposeProtoCasing],
  ...[exposeInvalidFormat, invalidDefinitionDescription],
  ...[
    aptUpdateApart,
    cleanUpInLaterLayer,
    mergeRunLayers,
    copyLockFilesFirst,
    orderByChangeRate,
    pinVersions,
  ],
];

type Check = Directives["check"];

/** What could be better in a Dockerfile, in the order of its lines. Nothing is read or asked for. */
export function lintDockerfile(dockerfile: Dockerfile, facts: LintFacts = {}): readonly BuildWarning[] {
  const check = checkOf(dockerfile, facts);
  const globals = globalScope(dockerfile, facts);
  const lines = linesOf(dockerfile.source);
  const subject: Subject = {
    dockerfile,
    facts,
    lines,
    globals,
    visits: visitAll(dockerfile, facts, globals),
  };
  const notes = noteReader(dockerfile, lines);
  const warnings = dockerfile.warnings.filter(
    (warning) => !isSkipped(warning.rule, check) && !isSkippedAbove(warning, subject, notes),
  );
  for (const rule of rules) {
    for (const { at, ...finding } of rule.find(subject)) {
      if (!isWanted(rule, [check, ...checksAbove(at, notes)])) continue;
      warnings.push({
        rule: rule.name,
        detail: rule.detail,
        ...(rule.url !== undefined && { url: rule.url }),
        ...finding,
      });
    }
  }
  return warnings.sort(byLine);
}

/**
 * `# check=error=true`: what ends a build that has warnings. Only BuildKit's own rules do, those with a page:
 * a file that builds there builds here.
 */
export function lintFailure(
  dockerfile: Dockerfile,
  warnings: readonly BuildWarning[],
  facts: LintFacts = {},
): DockerfileError | undefined {
  const counted = warnings.filter(({ url }) => url !== undefined);
  const [first] = counted;
  if (first === undefined || !checkOf(dockerfile, facts).error) return undefined;
  const names = [...new Set(counted.map(({ rule }) => rule))];
  const top = { line: 1, column: 1 };
  return new DockerfileError(
    `lint violation found for rules: ${names.join(", ")}`,
    dockerfile.source,
    first.range ?? { start: top, end: top },
  );
}

/** The argument BUILDKIT_DOCKERFILE_CHECK stands in for the directive. */
function checkOf(dockerfile: Dockerfile, facts: LintFacts): Check {
  const given = facts.buildArgs?.get("BUILDKIT_DOCKERFILE_CHECK");
  return given === undefined ? dockerfile.directives.check : parseCheckOptions(given);
}

const isSkipped = (rule: string, { skip }: Check) => skip.includes("all") || skip.includes(rule);

function isWanted(rule: Rule, checks: readonly Check[]): boolean {
  if (rule.experimental !== true) return !checks.some((check) => isSkipped(rule.name, check));
  return checks.some(({ experimental }) => experimental.includes("all") || experimental.includes(rule.name));
}

/** `# check=skip=…` in the comments right above an instruction counts for it alone. */
function checksAbove(instruction: Instruction, notes: NoteReader): readonly Check[] {
  for (const note of notes(instruction)) {
    const options = /^check\s*=\s*(\S+)/i.exec(note)?.[1];
    if (options !== undefined) return readQuietly(options);
  }
  return [];
}

function readQuietly(options: string): readonly Check[] {
  try {
    return [parseCheckOptions(options)];
  } catch {
    return [];
  }
}

function isSkippedAbove(warning: BuildWarning, subject: Subject, notes: NoteReader): boolean {
  const line = warning.range?.start.line;
  for (const instruction of allInstructions(subject.dockerfile)) {
    const { start, end } = instruction.range;
    if (line === undefined || line < start.line || line > end.line) continue;
    return checksAbove(instruction, notes).some((check) => isSkipped(warning.rule, check));
  }
  return false;
}

function byLine(a: BuildWarning, b: BuildWarning): number {
  const [one, other] = [a.range?.start, b.range?.start];
  return (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
}
