import { posix } from "node:path";
import type { Add, Copy, Instruction, Run } from "../instruction.ts";
import type { Finding, Rule, Subject } from "./rule.ts";
import { joined } from "./run-layers.ts";
import { commandsOf, isAptUpdate, isSystemInstall, manifestsOf } from "./shell-commands.ts";

export const copyLockFilesFirst: Rule = {
  name: "CopyLockFilesFirst",
  detail:
    "Every change of any source file makes the packages be installed anew; copied alone and first, their lists change only when the packages do",
  *find(subject) {
    for (const { instructions } of subject.dockerfile.stages) {
      const sources = instructions.findIndex(copiesEverything);
      const copy = instructions[sources];
      if (copy === undefined || (copy.name !== "COPY" && copy.name !== "ADD")) continue;
      const earlier = instructions.slice(0, sources).flatMap(copiedNames);
      const install = instructions
        .slice(sources + 1)
        .find((one) => one.name === "RUN" && rebuildsPackages(one, earlier));
      if (install?.name === "RUN") yield lockFilesFirst(copy, install);
    }
  },
};

function lockFilesFirst(copy: Copy | Add, install: Run): Finding {
  const files = [...new Set(commandsOf(install).flatMap((words) => manifestsOf(words) ?? []))];
  const names = files.map((file) => posix.basename(file));
  const folder = files[0]?.startsWith("/") === true ? `${posix.dirname(files[0])}/` : "./";
  const { first, rest } = splitInstall(install);
  const after = rest === undefined ? [] : [rest];
  return {
    message: `Copy ${names.join(" and ")} before the sources, and install from there`,
    range: copy.range,
    at: copy,
    rewrite: [`COPY ${names.join(" ")} ${folder}`, first, copy.original, ...after].join("\n"),
  };
}

/** The install alone, and what needs the sources: `npm ci && npm run build` is both. */
function splitInstall(install: Run): { first: string; rest: string | undefined } {
  const { command, original } = install;
  if (command.form === "exec" || install.heredocs.length > 0 || /["';|()\\]/.test(command.line)) {
    return { first: original, rest: undefined };
  }
  const parts = command.line.split(/\s*&&\s*/);
  const last = parts.findLastIndex((part) => manifestsOf(part.split(/\s+/)) !== undefined);
  if (last < 0 || last === parts.length - 1) return { first: original, rest: undefined };
  const options = original.slice(0, original.length - command.line.length);
  return {
    first: options + parts.slice(0, last + 1).join(" && "),
    rest: options + parts.slice(last + 1).join(" && "),
  };
}

/** `COPY . /app`: anything may have changed. */
function copiesEverything(instruction: Instruction): boolean {
  if (instruction.name !== "COPY" && instruction.name !== "ADD") return false;
  if (instruction.name === "COPY" && instruction.from !== undefined) return false;
  return instruction.sources.some((source) => /^(?:\.?\/?|\.?\/?\*)$/.test(source));
}

const copiedNames = (instruction: Instruction): readonly string[] =>
  instruction.name === "COPY" || instruction.name === "ADD"
    ? instruction.sources.map((source) => source.replace(/^.*\//, ""))
    : [];

/** With its store mounted an install fetches nothing twice, and one whose list was copied before is right. */
function rebuildsPackages(run: Run, earlier: readonly string[]): boolean {
  if (run.mounts.some(({ type }) => type === "cache")) return false;
  const files = commandsOf(run).flatMap((words) => manifestsOf(words) ?? []);
  return (
    files.length > 0 && !files.some((file) => earlier.some((name) => covers(name, posix.basename(file))))
  );
}

/** A name as COPY has it may hold wildcards: `package*.json`. */
function covers(name: string, file: string): boolean {
  const pattern = name
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return pattern !== "" && new RegExp(`^${pattern.replace(/\[(?![^\]]*\])/g, "\\[")}$`).test(file);
}

export const orderByChangeRate: Rule = {
  name: "OrderByChangeRate",
  detail:
    "What follows an instruction that changed is built anew: what changes often belongs below what changes rarely",
  find: findOrder,
};

const changesEveryBuild =
  /(?:^|_)(?:commit|sha|revision|vcs_ref|build_(?:date|time|number|id)|timestamp)(?:$|_)/i;

function* findOrder(subject: Subject): Generator<Finding> {
  for (const { instructions } of subject.dockerfile.stages) {
    let changing: Instruction | undefined;
    for (const instruction of instructions) {
      if (changing === undefined) {
        if (copiesEverything(instruction) || holdsBuildNumber(instruction)) changing = instruction;
        continue;
      }
      if (instruction.name !== "RUN") continue;
      const install = commandsOf(instruction).find(isSystemInstall);
      if (install === undefined) continue;
      yield {
        message: `${install.slice(0, 2).join(" ")} runs again after every change of ${whatChanges(changing)} in line ${changing.range.start.line}; put it above`,
        range: instruction.range,
        at: instruction,
        rewrite: `${installAlone(subject, instructions, instruction)}\n${changing.original}`,
      };
      break;
    }
  }
}

/** With the update before it, which would otherwise stay behind. */
function installAlone(subject: Subject, instructions: readonly Instruction[], install: Run): string {
  if (commandsOf(install).some(isAptUpdate)) return install.original;
  const before = instructions.slice(0, instructions.indexOf(install));
  const update = before.findLast((one) => one.name === "RUN" && commandsOf(one).some(isAptUpdate));
  return update === undefined ? install.original : joined(subject, [update, install]);
}

const whatChanges = ({ name }: Instruction) =>
  name === "ARG" || name === "ENV" ? `the ${name}` : "what is copied";

function holdsBuildNumber(instruction: Instruction): boolean {
  if (instruction.name === "ENV")
    return instruction.pairs.some(({ key, value }) => changesEveryBuild.test(key) && value.includes("$"));
  return instruction.name === "ARG" && instruction.args.some(({ key }) => changesEveryBuild.test(key));
}
