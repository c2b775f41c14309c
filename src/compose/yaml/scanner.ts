import { Cursor, endsWord, isBlank, isBreak, isEnd } from "./cursor.ts";
import { scanBlockScalar } from "./scan-block-scalar.ts";
import { scanPlain } from "./scan-plain.ts";
import { scanAnchorName, scanDirective, scanTag } from "./scan-properties.ts";
import { scanQuoted } from "./scan-quoted.ts";
import type { Token, TokenKind } from "./token.ts";
import { YamlFault } from "./yaml-fault.ts";

/** Where a key may have begun: that it is one shows at the `:` behind it. */
interface PossibleKey {
  /** Index of its first token. */
  readonly token: number;
  readonly at: number;
  readonly lineStart: number;
  readonly column: number;
  /** Nothing else can stand here. */
  readonly isRequired: boolean;
}

export interface Scan {
  readonly tokens: readonly Token[];
  /** Why the tokens end early: counts only when the parser gets that far. */
  readonly fault: YamlFault | undefined;
}

/**
 * Text to tokens, by the rules of libyaml, which Docker Compose's reader follows: indentation becomes
 * begin and end tokens, and a mapping begins where a key turns out to have been one.
 */
export function scanTokens(text: string): Scan {
  const scanner = new Scanner(text);
  try {
    scanner.run();
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    return { tokens: scanner.tokens, fault: error };
  }
  return { tokens: scanner.tokens, fault: undefined };
}

/** A key is found within this many characters, and in one line. */
const longestKey = 1024;

class Scanner {
  readonly tokens: Token[] = [];
  private readonly cursor: Cursor;
  private indent = -1;
  private readonly indents: number[] = [];
  /** One for every level of flow style, the block level first. */
  private readonly keys: (PossibleKey | undefined)[] = [undefined];
  private keyMayBegin = true;

  constructor(text: string) {
    this.cursor = new Cursor(text);
  }

  run(): void {
    const forbidden = /(?![\t\n\r\x85])\p{Cc}|\ufffe|\uffff/u.exec(this.cursor.text);
    if (forbidden) throw this.cursor.fault("control characters are not allowed", forbidden.index);
    while (this.next());
  }

  private get isFlow(): boolean {
    return this.keys.length > 1;
  }

  /** One token, with those that indentation brings before it; false at the end. */
  private next(): boolean {
    this.skipToToken();
    const { cursor } = this;
    this.unroll(cursor.column);
    const code = cursor.code();
    if (isEnd(code)) return this.end();
    if (cursor.column === 0 && code === 37) return this.directive();
    if (cursor.isAtDocumentMark()) return this.documentMark(code === 45 ? "document start" : "document end");
    const ends = endsWord(cursor.code(1));
    switch (code) {
      case 91: // [
      case 123: // {
        return this.flowStart(code === 91 ? "[" : "{");
      case 93: // ]
      case 125: // }
        return this.flowEnd(code === 93 ? "]" : "}");
      case 44: // ,
        this.dropKey();
        this.keyMayBegin = true;
        return this.sign(",");
      case 45: // -
        return ends ? this.item() : this.plain();
      case 63: // ?
        return this.isFlow || ends ? this.explicitKey() : this.plain();
      case 58: // :
        return this.isFlow || ends ? this.value() : this.plain();
      case 42: // *
      case 38: // &
      case 33: // !
        return this.property(code);
      case 124: // |
      case 62: // >
        return this.isFlow ? this.strange() : this.blockScalar();
      case 39: // '
      case 34: // "
        return this.quoted(code === 39 ? "'" : '"');
      case 9: // tab
      case 35: // #
      case 37: // %
      case 64: // @
      case 96: // `
        return this.strange();
      default:
        return this.plain();
    }
  }

  private strange(): never {
    const char = this.cursor.text[this.cursor.at] ?? "";
    if (char === "\t") throw this.cursor.fault("a tab cannot indent a line: use spaces");
    throw this.cursor.fault(`"${char}" cannot begin a value: put the value in quotes`);
  }

  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      if (cursor.column === 0 && cursor.code() === 0xfeff) {
        cursor.at++;
        cursor.lineStart = cursor.at;
      }
      const tabsToo = this.isFlow || !this.keyMayBegin;
      cursor.skipSpaces();
      if (tabsToo) cursor.skipBlanks();
      if (cursor.code() === 35) cursor.skipRestOfLine();
      if (!isBreak(cursor.code())) return;
      cursor.skipBreak();
      if (!this.isFlow) this.keyMayBegin = true;
    }
  }

  private push(kind: TokenKind, start: number, value = "", isPlain = false): void {
    this.tokens.push({ kind, start, value, isPlain });
  }

  private sign(kind: TokenKind): true {
    this.push(kind, this.cursor.at);
    this.cursor.at++;
    return true;
  }

  /** Begins a block collection where the indentation grows. */
  private roll(
    column: number,
    kind: "block list" | "block mapping",
    at: number,
    index = this.tokens.length,
  ): void {
    if (this.isFlow || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > 10_000) throw this.cursor.fault("nested too deeply", at);
    this.tokens.splice(index, 0, { kind, start: at, value: "", isPlain: false });
  }

  private unroll(column: number): void {
    if (this.isFlow) return;
    while (this.indent > column) {
      this.push("block end", this.cursor.at);
      this.indent = this.indents.pop() ?? -1;
    }
  }

  private saveKey(): void {
    if (!this.keyMayBegin) return;
    this.dropKey();
    const { at, lineStart, column } = this.cursor;
    const isRequired = !this.isFlow && this.indent === column;
    this.keys[this.keys.length - 1] = { token: this.tokens.length, at, lineStart, column, isRequired };
  }

  private dropKey(): void {
    const key = this.keys.at(-1);
    if (key?.isRequired) throw this.noColon(key);
    this.keys[this.keys.length - 1] = undefined;
  }

  private noColon(key: PossibleKey): YamlFault {
    const { text } = this.cursor;
    const line = text.slice(key.at).split(/[\r\n]/, 1)[0] ?? "";
    const glued = /^([\w.-]+):\S/.exec(line)?.[1];
    const hint = glued === undefined ? "" : `: a space must follow "${glued}:"`;
    return this.cursor.fault(`a key is expected here, with ":" behind it${hint}`, key.at);
  }

  private directive(): true {
    this.unroll(-1);
    this.dropKey();
    this.keyMayBegin = false;
    const start = this.cursor.at;
    this.push("directive", start, scanDirective(this.cursor));
    return true;
  }

  private documentMark(kind: "document start" | "document end"): true {
    this.unroll(-1);
    this.dropKey();
    this.keyMayBegin = false;
    this.push(kind, this.cursor.at);
    this.cursor.at += 3;
    return true;
  }

  private end(): false {
    this.unroll(-1);
    this.dropKey();
    this.push("end", this.cursor.at);
    return false;
  }

  private flowStart(kind: "[" | "{"): true {
    this.saveKey();
    this.keys.push(undefined);
    if (this.keys.length > 10_000) throw this.cursor.fault("nested too deeply");
    this.keyMayBegin = true;
    return this.sign(kind);
  }

  private flowEnd(kind: "]" | "}"): true {
    this.dropKey();
    if (this.isFlow) this.keys.pop();
    this.keyMayBegin = false;
    return this.sign(kind);
  }

  private item(): true {
    const { cursor } = this;
    if (!this.isFlow) {
      if (!this.keyMayBegin) throw cursor.fault('a list cannot begin here: "-" belongs on a line of its own');
      this.roll(cursor.column, "block list", cursor.at);
    }
    this.dropKey();
    this.keyMayBegin = true;
    return this.sign("-");
  }

  private explicitKey(): true {
    const { cursor } = this;
    if (!this.isFlow) {
      if (!this.keyMayBegin)
        throw cursor.fault('a key cannot begin here: put the value in quotes if "?" is part of it');
      this.roll(cursor.column, "block mapping", cursor.at);
    }
    this.dropKey();
    this.keyMayBegin = !this.isFlow;
    return this.sign("key");
  }

  private value(): true {
    const { cursor } = this;
    const key = this.keyThatCounts();
    if (key) {
      this.tokens.splice(key.token, 0, { kind: "key", start: key.at, value: "", isPlain: false });
      this.roll(key.column, "block mapping", key.at, key.token);
      this.keys[this.keys.length - 1] = undefined;
      this.keyMayBegin = false;
    } else {
      if (!this.isFlow) {
        if (!this.keyMayBegin) {
          throw cursor.fault('a mapping cannot begin here: put the value in quotes if ":" is part of it');
        }
        this.roll(cursor.column, "block mapping", cursor.at);
      }
      this.keyMayBegin = !this.isFlow;
    }
    return this.sign("value");
  }

  /** The key this `:` belongs to: in the same line, and not too long. */
  private keyThatCounts(): PossibleKey | undefined {
    const key = this.keys.at(-1);
    if (!key) return undefined;
    if (key.lineStart === this.cursor.lineStart && key.at + longestKey >= this.cursor.at) return key;
    if (key.isRequired) throw this.noColon(key);
    this.keys[this.keys.length - 1] = undefined;
    return undefined;
  }

  private property(code: number): true {
    this.saveKey();
    this.keyMayBegin = false;
    const start = this.cursor.at;
    if (code === 33) this.push("tag", start, scanTag(this.cursor));
    else this.push(code === 38 ? "anchor" : "alias", start, scanAnchorName(this.cursor));
    return true;
  }

  private blockScalar(): true {
    this.dropKey();
    this.keyMayBegin = true;
    const start = this.cursor.at;
    this.push("scalar", start, scanBlockScalar(this.cursor, this.indent));
    return true;
  }

  private quoted(quote: "'" | '"'): true {
    this.saveKey();
    this.keyMayBegin = false;
    const start = this.cursor.at;
    this.push("scalar", start, scanQuoted(this.cursor, quote));
    return true;
  }

  private plain(): true {
    const { cursor } = this;
    const code = cursor.code();
    // `-` may begin a text only with something behind it; so may `?` and `:` outside of flow style.
    if (code === 45 && isBlank(cursor.code(1))) this.strange();
    this.saveKey();
    this.keyMayBegin = false;
    const start = cursor.at;
    const { value, endsLine } = scanPlain(cursor, this.indent, this.isFlow);
    if (endsLine) this.keyMayBegin = true;
    this.push("scalar", start, value, true);
    return true;
  }
}
