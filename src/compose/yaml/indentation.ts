/** Levels of nesting, in either style. */
export const deepest = 10_000;

/** The columns at which the block collections that are open begin. */
export class Indentation {
  /** Of the innermost one; -1 outside of all. */
  column = -1;
  private readonly outer: number[] = [];

  get depth(): number {
    return this.outer.length;
  }

  /** Whether a collection begins here. */
  grow(column: number): boolean {
    if (this.column >= column) return false;
    this.outer.push(this.column);
    this.column = column;
    return true;
  }

  /** Whether a collection ends before this column: to be asked until none does. */
  shrink(column: number): boolean {
    if (this.column <= column) return false;
    this.column = this.outer.pop() ?? -1;
    return true;
  }
}
