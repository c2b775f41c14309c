import { down, type Grid, left, right, up } from "./grid.ts";

/** Where a line may begin or end: a cell beside a frame, and what it costs to be there and not elsewhere. */
export interface Gate {
  readonly cell: number;
  readonly cost: number;
}

const moves = [
  { arm: up, back: down, dx: 0, dy: -1 },
  { arm: down, back: up, dx: 0, dy: 1 },
  { arm: left, back: right, dx: -1, dy: 0 },
  { arm: right, back: left, dx: 1, dy: 0 },
] as const;

const downwards = 1;
const costs = { step: 2, bend: 14, crossing: 9, newRow: 3, beside: 2 };

/**
 * The cheapest way for a line that leaves downwards through one of `starts` and arrives downwards
 * at one of `ends`, or joins a line of its own bundle, which ends there. Lines of others may be
 * crossed, never shared. Answers with the first cell, or undefined where there is no way.
 */
export function route(
  grid: Grid,
  starts: readonly Gate[],
  ends: readonly Gate[],
  bundle: number,
): number | undefined {
  const states = grid.width * grid.height * 4;
  const from = new Int32Array(states).fill(-1);
  const isDone = new Uint8Array(states);
  const endCost = new Map(ends.map(({ cell, cost }) => [cell, cost]));
  const goals = goalArea(grid, ends, bundle);
  const queue = new Buckets(goals, grid.width);
  for (const { cell, cost } of starts) {
    if (mayTurn(grid, cell, bundle)) queue.add(cell * 4 + downwards, -1, cost);
  }
  for (;;) {
    const next = queue.take();
    if (!next) return undefined;
    const { state, before, cost } = next;
    // Beyond the states of cells: a line that has ended, with what its end costs.
    if (state >= states) return draw(grid, from, before, bundle, false);
    if (isDone[state]) continue;
    isDone[state] = 1;
    from[state] = before;
    const cell = state >> 2;
    const heading = state & 3;
    if (before >= 0 && !grid.closed[cell] && isOwn(grid, cell, bundle))
      return draw(grid, from, state, bundle, true);
    const atEnd = heading === downwards ? endCost.get(cell) : undefined;
    if (atEnd !== undefined && mayTurn(grid, cell, bundle)) queue.end(states + cell, state, cost + atEnd);
    step(grid, queue, state, cost, bundle);
  }
}

function step(grid: Grid, queue: Buckets, state: number, cost: number, bundle: number): void {
  const cell = state >> 2;
  const heading = state & 3;
  const x = cell % grid.width;
  const y = (cell - x) / grid.width;
  for (const [direction, { dx, dy }] of moves.entries()) {
    if ((direction ^ 1) === heading) continue;
    const isBend = direction !== heading;
    if (isBend && !mayTurn(grid, cell, bundle)) continue;
    const nx = x + dx;
    const ny = y + dy;
    if (nx < 0 || ny < 0 || nx >= grid.width || ny >= grid.height) continue;
    const to = grid.at(nx, ny);
    const price = priceOf(grid, to, direction < 2, bundle);
    if (price === undefined) continue;
    const row = direction >= 2 && isBend && grid.busyRows[ny] === 0 ? costs.newRow : 0;
    queue.add(to * 4 + direction, state, cost + price + row + (isBend ? costs.bend : 0));
  }
}

/** Undefined: a line cannot run there in that direction. */
function priceOf(grid: Grid, cell: number, isVertical: boolean, bundle: number): number | undefined {
  if (grid.blocked[cell]) return undefined;
  if (isOwn(grid, cell, bundle)) return costs.step;
  if (grid.closed[cell]) return undefined;
  const same = isVertical ? grid.vertical[cell] : grid.horizontal[cell];
  const other = isVertical ? grid.horizontal[cell] : grid.vertical[cell];
  if (same) return undefined;
  if (!other) return costs.step + (isVertical && isBeside(grid, cell, bundle) ? costs.beside : 0);
  return costs.step + costs.crossing;
}

/** Lines side by side are hard to follow with the eye. */
function isBeside(grid: Grid, cell: number, bundle: number): boolean {
  const before = grid.vertical[cell - 1] ?? 0;
  const after = grid.vertical[cell + 1] ?? 0;
  return (before !== 0 && before !== bundle) || (after !== 0 && after !== bundle);
}

/** Only a line of the bundle alone may be joined: not where it crosses another one. */
function isOwn(grid: Grid, cell: number, bundle: number): boolean {
  const vertical = grid.vertical[cell];
  const horizontal = grid.horizontal[cell];
  if (vertical !== bundle && horizontal !== bundle) return false;
  if (vertical && horizontal && vertical !== horizontal) return false;
  // With a fourth arm it would look like two lines that cross.
  const arms = (grid.verticalArms[cell] ?? 0) | (grid.horizontalArms[cell] ?? 0);
  return (arms & (arms - 1) & ((arms & (arms - 1)) - 1)) === 0;
}

function mayTurn(grid: Grid, cell: number, bundle: number): boolean {
  if (grid.blocked[cell]) return false;
  return (!grid.vertical[cell] && !grid.horizontal[cell]) || isOwn(grid, cell, bundle);
}

/** Puts the way that ends in `last` on the grid. */
function draw(grid: Grid, from: Int32Array, last: number, bundle: number, joins: boolean): number {
  let state = last;
  let arms = joins ? 0 : down;
  if (!joins) grid.closed[last >> 2] = 1;
  for (;;) {
    const cell = state >> 2;
    const move = moves[state & 3];
    if (!move) throw new Error("a line runs in no direction");
    grid.add(cell, arms | move.back, bundle);
    const before = from[state] ?? -1;
    if (before < 0) {
      grid.closed[cell] = 1;
      return cell;
    }
    arms = move.arm;
    state = before;
  }
}

interface Span {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What encloses every place where the line may end: it cannot be nearer than that. */
function goalArea(grid: Grid, ends: readonly Gate[], bundle: number): Span {
  const cells = [...ends.map(({ cell }) => cell), ...grid.cellsOf(bundle)];
  let [left, right, top, bottom] = [grid.width, 0, grid.height, 0];
  for (const cell of cells) {
    const x = cell % grid.width;
    const y = (cell - x) / grid.width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, right, top, bottom };
}

/** States by what they cost and at least will cost: whole numbers, taken in rising order. */
class Buckets {
  readonly #goals: Span;
  readonly #width: number;
  /** State, the one before it, its cost: three numbers each. */
  readonly #buckets: number[][] = [];
  #at = 0;

  constructor(goals: Span, width: number) {
    this.#goals = goals;
    this.#width = width;
  }

  add(state: number, before: number, cost: number): void {
    const total = cost + this.#atLeast(state >> 2);
    while (this.#buckets.length <= total) this.#buckets.push([]);
    this.#buckets[total]?.push(state, before, cost);
  }

  /** A line that has ended, with all that it costs. */
  end(state: number, before: number, cost: number): void {
    while (this.#buckets.length <= cost) this.#buckets.push([]);
    this.#buckets[cost]?.push(state, before, cost);
  }

  take(): { state: number; before: number; cost: number } | undefined {
    for (; this.#at < this.#buckets.length; this.#at++) {
      const bucket = this.#buckets[this.#at];
      if (!bucket || bucket.length === 0) continue;
      const [state = 0, before = 0, cost = 0] = bucket.splice(-3);
      return { state, before, cost };
    }
    return undefined;
  }

  #atLeast(cell: number): number {
    const { left, right, top, bottom } = this.#goals;
    const x = cell % this.#width;
    const y = (cell - x) / this.#width;
    const across = x < left ? left - x : x > right ? x - right : 0;
    const along = y < top ? top - y : y > bottom ? y - bottom : 0;
    return (across + along) * costs.step;
  }
}
