/** The first row to show so that the chosen one is seen, moving as little as possible. */
export function scrollTo(top: number, chosen: number, height: number, count: number): number {
  const least = Math.max(0, chosen - height + 1);
  const most = Math.max(0, Math.min(chosen, count - height));
  return Math.min(Math.max(top, least), Math.max(most, least));
}

/** A number kept within the rows there are. */
export function within(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1));
}
