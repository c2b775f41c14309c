/** Something in the kernel that is not as the records say, and what makes it so. */
export interface Problem {
  readonly what: string;
  mend(): Promise<void> | void;
}

/** Mends all; gives what was wrong. */
export async function mendAll(problems: readonly Problem[]): Promise<string[]> {
  for (const problem of problems) await problem.mend();
  return problems.map((problem) => problem.what);
}
