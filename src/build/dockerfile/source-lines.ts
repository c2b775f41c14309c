import type { SourceFile } from "./source.ts";

/** The lines of a file without their ends; a byte order mark is none of the first one's characters. */
export function linesOf(file: SourceFile): readonly string[] {
  const text = file.text.startsWith("\uFEFF") ? file.text.slice(1) : file.text;
  return text.split("\n").map((line) => line.replace(/\r+$/, ""));
}
