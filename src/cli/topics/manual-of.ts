import type { Manual } from "../command.ts";
import { canonicalName } from "../words/spellings.ts";

/** The page of a command by its words; `run` and `container run` have the same. */
export async function manualOf(path: readonly string[]): Promise<Manual | undefined> {
  const { manuals } = await import("./examples/all.ts");
  const name = canonicalName(path);
  return Object.hasOwn(manuals, name) ? manuals[name] : undefined;
}
