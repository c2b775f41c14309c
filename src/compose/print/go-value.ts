/**
 * What is printed, as Go would hold it: a Map keeps the order in which its keys are to appear (a
 * struct's fields in theirs, a map's keys sorted), a Float knows how many bits it has.
 */
export type GoValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>;

/** A number of a field that holds fractions; its text differs from an integer's when it is large. */
export class Float {
  constructor(
    readonly value: number,
    readonly bits: 32 | 64,
  ) {}
}
