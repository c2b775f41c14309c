import { nearest } from "../../../lib/nearest.ts";
import type { Env, Instruction } from "../instruction.ts";
import { docs, edited, type Finding, type Rule, type Subject } from "./rule.ts";
import { expansionOf, type Visit } from "./scopes.ts";

export const undefinedVar: Rule = {
  name: "UndefinedVar",
  detail: "Variables should be defined before their use",
  url: docs("undefined-var"),
  find: findUndefined,
};

function* findUndefined(subject: Subject): Generator<Finding> {
  for (const visit of subject.visits) {
    const { instruction } = visit;
    const names = expandedWords(instruction).flatMap((word) => [
      ...(expansionOf(word, visit.variables, subject.dockerfile)?.missing ?? []),
    ]);
    for (const name of new Set(names)) {
      const finding = readName(subject, visit, name);
      if (finding !== undefined) yield finding;
    }
  }
}

/** Where the base image is not known its variables are not either: only what is clearly a slip is told. */
function readName(subject: Subject, visit: Visit, name: string): Finding | undefined {
  const { instruction, variables, declared, isOpen } = visit;
  if (declared.has(name) || !/^[A-Za-z_]/.test(name)) return undefined;
  const own = [...declared, ...[...variables.keys()].filter((key) => !isOpen || key !== "PATH")];
  const near = name.length < 3 ? undefined : nearest(name, own);
  const isGlobal = subject.dockerfile.globalArgs.some(({ args }) => args.some(({ key }) => key === name));
  if (isOpen && near === undefined && !isGlobal && !isSetHere(instruction, name)) return undefined;
  return {
    message: `Usage of undefined variable '$${name}'${near === undefined ? "" : ` (did you mean $${near}?)`}`,
    range: instruction.range,
    at: instruction,
    rewrite:
      splitEnv(instruction, name) ?? declaredFirst(subject, instruction, name, isGlobal ? undefined : near),
  };
}

function declaredFirst(
  subject: Subject,
  instruction: Instruction,
  name: string,
  near: string | undefined,
): string {
  if (near !== undefined) return edited(subject, instruction, new RegExp(`(?<=\\$\\{?)${name}\\b`), near);
  const isGlobal = subject.dockerfile.globalArgs.some(({ args }) => args.some(({ key }) => key === name));
  return `ARG ${name}${isGlobal ? "" : "=<default>"}\n${instruction.original}`;
}

/** `ENV A=1 B=$A`: set by the same instruction, and so not before it. */
function isSetHere(instruction: Instruction, name: string): boolean {
  return instruction.name === "ENV" && splitAt(instruction, name) > 0;
}

const splitAt = ({ pairs }: Env, name: string): number => {
  const set = pairs.findIndex(({ key }) => key === name);
  const used = pairs.findIndex(({ value }) => new RegExp(`\\$\\{?${name}\\b`).test(value));
  return set >= 0 && used > set ? used : -1;
};

function splitEnv(instruction: Instruction, name: string): string | undefined {
  const at = instruction.name === "ENV" ? splitAt(instruction, name) : -1;
  if (instruction.name !== "ENV" || at < 0) return undefined;
  const words = instruction.pairs.map(({ key, value }) => `${key}=${value}`);
  return `ENV ${words.slice(0, at).join(" ")}\nENV ${words.slice(at).join(" ")}`;
}

/** What the build expands; the commands of RUN and CMD are left to their shell. */
function expandedWords(instruction: Instruction): readonly string[] {
  switch (instruction.name) {
    case "ENV":
    case "LABEL":
      return instruction.pairs.flatMap(({ key, value }) => [key, value]);
    case "ARG":
      return instruction.args.flatMap(({ value }) => (value === undefined ? [] : [value]));
    case "COPY":
    case "ADD":
      return [
        ...instruction.sources,
        instruction.destination,
        instruction.chown ?? "",
        instruction.chmod ?? "",
      ];
    case "RUN":
      return instruction.mounts.map(({ text }) => text);
    case "WORKDIR":
      return [instruction.path];
    case "USER":
      return [instruction.user];
    case "VOLUME":
      return instruction.paths;
    case "EXPOSE":
      return instruction.ports;
    case "STOPSIGNAL":
      return [instruction.signal];
    default:
      return [];
  }
}
