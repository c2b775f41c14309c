/** Keys that begin with `x-`: kept and printed, never read. */
export type Extensions = Readonly<Record<string, unknown>>;
