import { expandWords } from "./expand-word.ts";
import type { Run } from "./instruction.ts";

/** `<<NAME` as written in an instruction: what to read below it. */
export interface HeredocWord {
  readonly name: string;
  readonly expand: boolean;
  readonly chomp: boolean;
}

const nothing = new Map<string, string>();

/** The heredocs a line announces, in order. A line with quotes that do not close has none. */
export function heredocWords(line: string): HeredocWord[] {
  if (!line.includes("<<")) return [];
  let words: readonly string[];
  try {
    words = expandWords(line, nothing, {
      escape: "\\",
      keepQuotes: true,
      keepEscapes: true,
      keepUnset: true,
    });
  } catch {
    return [];
  }
  return words.map(heredocOf).filter((heredoc) => heredoc !== undefined);
}

/** The heredoc that this one word is: `<<NAME`, `<<-"NAME"`, `3<<NAME`. */
export function heredocOf(word: string): HeredocWord | undefined {
  const [, dash, rest = ""] = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word) ?? [];
  if (rest === "") return undefined;
  const options = { escape: "\\", keepUnset: true } as const;
  try {
    const [name, ...others] = expandWords(rest, nothing, options);
    const [quoted = ""] = expandWords(rest, nothing, { ...options, keepQuotes: true });
    if (name === undefined || others.length > 0) return undefined;
    return { name, chomp: dash === "-", expand: quotesIn(name) === quotesIn(quoted) };
  } catch {
    return undefined;
  }
}

const quotesIn = (text: string) => text.replace(/[^'"]/g, "").length;

export const withoutLeadingTabs = (text: string) => text.replace(/^\t+/gm, "");

/**
 * What a RUN with heredocs executes. A heredoc alone is the script itself, or a file of its own when it begins
 * with `#!`; with anything beside it the whole is put together again, for the shell to read.
 */
export type RunScript =
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "file"; readonly name: string; readonly content: string };

export function runScript(line: string, heredocs: Run["heredocs"]): RunScript {
  const [first] = heredocs;
  if (first !== undefined && heredocOf(line.trim()) !== undefined) {
    if (first.content.startsWith("#!")) return { kind: "file", name: first.name, content: first.content };
    return { kind: "line", line: first.content };
  }
  const parts = heredocs.map(({ name, content }) => `${content}${name}`);
  return { kind: "line", line: [line, ...parts].join("\n") };
}
