import type { Dockerfile, Stage } from "../dockerfile.ts";
import type { CommandForm, Instruction } from "../instruction.ts";
import { meantWords } from "../json-words.ts";
import { docs, type Rule, type Subject } from "./rule.ts";
import { baseStage } from "./scopes.ts";

export const jsonArgsRecommended: Rule = {
  name: "JSONArgsRecommended",
  detail:
    "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
  url: docs("json-args-recommended"),
  *find(subject) {
    for (const stage of subject.dockerfile.stages) {
      let hasShell = bringsShell(subject, stage);
      for (const at of stage.instructions) {
        if (at.name === "SHELL") hasShell = true;
        if ((at.name !== "CMD" && at.name !== "ENTRYPOINT") || at.command.form === "exec" || hasShell)
          continue;
        yield {
          message: `JSON arguments recommended for ${at.name} to prevent unintended behavior related to OS signals`,
          range: at.range,
          at,
          rewrite: `${at.name} ${execForm(at.command)}`,
        };
      }
    }
  },
};

function bringsShell(subject: Subject, stage: Stage): boolean {
  const base = baseStage(subject.dockerfile, stage, subject.globals);
  if (base === undefined) return subject.facts.hasShell?.(stage) ?? false;
  return base.instructions.some(({ name }) => name === "SHELL") || bringsShell(subject, base);
}

/** The same command in words; a line only a shell understands keeps its shell, which `exec` takes away. */
function execForm(command: Extract<CommandForm, { form: "shell" }>): string {
  const words = meantWords(command.line) ?? plainWords(command.line);
  return jsonArray(words ?? ["/bin/sh", "-c", `exec ${command.line}`]);
}

const jsonArray = (words: readonly string[]) => `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;

function plainWords(line: string): readonly string[] | undefined {
  const words = [...line.matchAll(/"([^"\\$`]*)"|'([^']*)'|[^\s"'\\$`&|;<>()*?[\]{}~#]+|\S/g)];
  if (words.some(({ 0: all }) => /^[\\$`&|;<>()*?[\]{}~#"']$/.test(all))) return undefined;
  const parts = words.map((match) => match[1] ?? match[2] ?? match[0]);
  return line.split(/\s+/).length === parts.length && !/^\w+=/.test(line) ? parts : undefined;
}

export const multipleInstructionsDisallowed: Rule = {
  name: "MultipleInstructionsDisallowed",
  detail: "Multiple instructions of the same type should not be used in the same stage",
  url: docs("multiple-instructions-disallowed"),
  *find({ dockerfile }) {
    for (const [at, next] of overridden(dockerfile)) {
      yield {
        message: `Multiple ${at.name} instructions should not be used in the same stage because only the last one will be used`,
        range: at.range,
        at,
        rewrite: next.original,
      };
    }
  },
};

/** Instructions that a later one of their kind takes the place of. */
function* overridden({ stages }: Dockerfile): Generator<readonly [Instruction, Instruction]> {
  for (const { instructions } of stages) {
    const last = new Map<string, Instruction>();
    for (const instruction of instructions) {
      const { name } = instruction;
      if (name !== "CMD" && name !== "ENTRYPOINT" && name !== "HEALTHCHECK") continue;
      const earlier = last.get(name);
      if (earlier !== undefined) yield [earlier, instruction];
      last.set(name, instruction);
    }
  }
}
