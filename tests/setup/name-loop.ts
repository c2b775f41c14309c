import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

export interface Lookups {
  /** Microseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly failures: number;
  /** Of the last lookup; undefined when it had no answer. */
  readonly rcode: number | undefined;
  readonly truncated: boolean;
  readonly answers: readonly string[];
}

export const recordTypes = { A: 1, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const;

/** Compiles the program that looks names up; it is static, so it runs in any container. */
export function buildNameLoop(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const out = join(directory, "name-loop");
  if (existsSync(out)) return out;
  const source = join(import.meta.dir, "../programs/name-loop.c");
  const run = Bun.spawnSync([process.env.CC || "gcc", "-O2", "-static", "-o", out, source], {
    stdout: "pipe",
    stderr: "pipe",
  });
  if (run.exitCode !== 0) throw new Error(`the C compiler failed on name-loop.c: ${run.stderr}`);
  return out;
}

/** What the program printed. */
export function parseLookups(text: string): Lookups {
  const number = (word: string) => Number(new RegExp(`\\b${word} (\\S+)`).exec(text)?.[1] ?? Number.NaN);
  const answers = /answers(.*)/.exec(text)?.[1]?.trim() ?? "";
  return {
    p50: number("p50"),
    p90: number("p90"),
    failures: number("failures"),
    rcode: text.includes("rcode") ? number("rcode") : undefined,
    truncated: number("truncated") === 1,
    answers: answers === "" ? [] : answers.split(" ").sort(),
  };
}
