import type { Place } from "../load/provenance.ts";

/** One variable of a file of variables, and where it is written. */
export interface EnvEntry {
  readonly value: string;
  readonly place: Place;
}
