import type { Cursor } from "./cursor.ts";
import { gluedHint } from "./scan-faults.ts";
import type { YamlFault } from "./yaml-fault.ts";

/** Where a key may have begun: that it is one shows at the `:` behind it. */
export interface PossibleKey {
  /** Index of its first token. */
  readonly token: number;
  readonly at: number;
  readonly lineStart: number;
  readonly column: number;
  /** Nothing else can stand here. */
  readonly isRequired: boolean;
}

/** A key is found within this many characters, and in one line. */
const longestKey = 1024;

/** The last place where a key may have begun, for the block level and every level of flow style. */
export class PossibleKeys {
  /** Whether what comes next may be a key, or an item of a list. */
  mayBegin = true;
  private readonly levels: (PossibleKey | undefined)[] = [undefined];

  constructor(private readonly cursor: Cursor) {}

  /** How many `[` and `{` are open. */
  get depth(): number {
    return this.levels.length - 1;
  }

  enter(): void {
    this.levels.push(undefined);
  }

  leave(): void {
    if (this.depth > 0) this.levels.pop();
  }

  save(token: number, indent: number): void {
    if (!this.mayBegin) return;
    this.drop();
    const { at, lineStart, column } = this.cursor;
    const isRequired = this.depth === 0 && indent === column;
    this.levels[this.depth] = { token, at, lineStart, column, isRequired };
  }

  drop(): void {
    const key = this.levels[this.depth];
    if (key?.isRequired) throw this.noColon(key);
    this.levels[this.depth] = undefined;
  }

  /** The key a `:` here belongs to: in the same line, and not too long. */
  take(): PossibleKey | undefined {
    const key = this.levels[this.depth];
    if (!key) return undefined;
    const isNear = key.lineStart === this.cursor.lineStart && key.at + longestKey >= this.cursor.at;
    if (!isNear && key.isRequired) throw this.noColon(key);
    this.levels[this.depth] = undefined;
    return isNear ? key : undefined;
  }

  private noColon(key: PossibleKey): YamlFault {
    const hint = gluedHint(this.cursor.text, key.at) ?? "";
    return this.cursor.fault(`a key is expected here, with ":" behind it${hint}`, key.at);
  }
}
