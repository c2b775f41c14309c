import type { Area, Placed } from "./place.ts";

export const up = 1;
export const down = 2;
export const left = 4;
export const right = 8;

/** The sheet as lines see it: what stands in their way, and which lines are there. */
export class Grid {
  readonly blocked: Uint8Array;
  readonly vertical: Uint16Array;
  readonly horizontal: Uint16Array;
  /** Arms by cell, of the vertical's bundle and of the horizontal's; they are the same but where two cross. */
  readonly verticalArms: Uint8Array;
  readonly horizontalArms: Uint8Array;
  /** Rows in which something runs across: they stay. */
  readonly busyRows: Uint8Array;
  /** Cells where a line leaves or enters a frame: nothing else passes there. */
  readonly closed: Uint8Array;
  readonly #cells = new Map<number, number[]>();

  constructor(
    readonly width: number,
    readonly height: number,
    placed: readonly Placed[],
  ) {
    const size = width * height;
    this.blocked = new Uint8Array(size);
    this.vertical = new Uint16Array(size);
    this.horizontal = new Uint16Array(size);
    this.verticalArms = new Uint8Array(size);
    this.horizontalArms = new Uint8Array(size);
    this.busyRows = new Uint8Array(height);
    this.closed = new Uint8Array(size);
    for (const { frame, tabs } of placed) {
      this.#block(frame);
      this.#block(tabs);
    }
  }

  at(x: number, y: number): number {
    return y * this.width + x;
  }

  /** One column of air on both sides, so that lines do not touch frames. */
  #block({ x, y, width, height }: Area): void {
    if (width === 0) return;
    for (let row = y; row < y + height; row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(this.width - 1, x + width); column++) {
        this.blocked[this.at(column, row)] = 1;
      }
    }
  }

  cellsOf(bundle: number): readonly number[] {
    return this.#cells.get(bundle) ?? [];
  }

  add(cell: number, arms: number, bundle: number): void {
    const cells = this.#cells.get(bundle);
    if (cells) cells.push(cell);
    else this.#cells.set(bundle, [cell]);
    if (arms & (up | down)) {
      this.vertical[cell] = bundle;
      this.verticalArms[cell] = (this.verticalArms[cell] ?? 0) | arms;
    }
    if (arms & (left | right)) {
      this.horizontal[cell] = bundle;
      this.horizontalArms[cell] = (this.horizontalArms[cell] ?? 0) | arms;
      this.busyRows[Math.floor(cell / this.width)] = 1;
    }
    // A turn or a joint belongs to one bundle both ways.
    if (this.vertical[cell] === this.horizontal[cell]) {
      const all = (this.verticalArms[cell] ?? 0) | (this.horizontalArms[cell] ?? 0);
      this.verticalArms[cell] = all;
      this.horizontalArms[cell] = all;
    }
  }
}
