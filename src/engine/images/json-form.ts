import { invalidArgument } from "../../errors/engine-error.ts";

/** The exec form of an instruction: a JSON array of strings. What is not even an array is the shell form: undefined. */
export function jsonStrings(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  return parsed.map((item) => {
    if (typeof item === "string") return item;
    throw invalidArgument("when using JSON array syntax, arrays must be comprised of strings only");
  });
}
