import { createHash } from "node:crypto";
import type { BuildEvent } from "../../../engine/services/builds.ts";

export type Declared = Extract<BuildEvent, { type: "step" }>["step"] & {
  readonly instruction: NonNullable<Extract<BuildEvent, { type: "step" }>["step"]["instruction"]>;
};

/** One instruction, and what is known of it while others are still being shown. */
export interface Step {
  readonly declared: Declared;
  started: boolean;
  finished: Extract<BuildEvent, { type: "finished" }> | undefined;
  readonly output: { readonly stream: 1 | 2; readonly bytes: Uint8Array }[];
  buffered: number;
}

export const keyword = ({ instruction }: Declared) => instruction.original.split(/\s/)[0] ?? "";
export const isGlobal = ({ instruction }: Declared) => instruction.number === 0;
/** COPY and ADD never had one. */
export const hasContainer = (declared: Declared) =>
  !["FROM", "COPY", "ADD"].includes(keyword(declared)) && !isGlobal(declared);

export const makesFiles = (declared: Declared) =>
  ["RUN", "COPY", "ADD", "WORKDIR"].includes(keyword(declared));

export const hexOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
export const short = (id: string) => id.replace(/^sha256:/, "").slice(0, 12);

/** Twelve hex digits whatever the step's result is called. */
export function shortId(result: string | undefined, before: string, original: string): string {
  const hex = short(result ?? "");
  return /^[0-9a-f]{12}$/.test(hex) ? hex : hexOf(`${before} ${result ?? original}`);
}

/** Errors are red, as the classic builder has them. */
export function coloured(stream: 1 | 2, bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return stream === 1 ? text : `\x1b[91m${text}\x1b[0m`;
}
