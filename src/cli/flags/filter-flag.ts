import { invalidArgument } from "../../errors/engine-error.ts";
import type { Flag } from "./flag.ts";

export type Filters = Readonly<Record<string, readonly string[]>>;

/** Repeatable `--filter name=value`. */
export const filterFlag = (help: string, short?: string): Flag<Filters> => ({
  ...(short === undefined ? {} : { short }),
  help,
  placeholder: "filter",
  initial: {},
  add: (current, text) => {
    if (text === "") return current;
    const at = text.indexOf("=");
    if (at < 0) throw invalidArgument("bad format of filter (expected name=value)");
    const name = text.slice(0, at).trim().toLowerCase();
    return { ...current, [name]: [...(current[name] ?? []), text.slice(at + 1).trim()] };
  },
});

/** As the API takes them; nothing for none. */
export function filtersQuery(filters: Filters): string | undefined {
  return Object.keys(filters).length === 0 ? undefined : JSON.stringify(filters);
}
