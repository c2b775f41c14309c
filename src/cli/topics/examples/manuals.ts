import type { Manual } from "../../command.ts";

/** Pages by the one name of a command (`container ls`). */
export type Manuals = Readonly<Record<string, Manual>>;
