import { Cursor, endsWord, isBlank, isBreak, isEnd } from "./cursor.ts";
import { gluedHint, PossibleKeys } from "./possible-keys.ts";
import { scanBlockScalar } from "./scan-block-scalar.ts";
import { scanPlain } from "./scan-plain.ts";
import { scanAnchorName, scanDirective, scanTag } from "./scan-properties.ts";
import { scanQuoted } from "./scan-quoted.ts";
import type { Token, TokenKind } from "./token.ts";
import { YamlFault } from "./yaml-fault.ts";

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

class Scanner {
  readonly tokens: Token[] = [];
  private readonly cursor: Cursor;
  private indent = -1;
  private readonly indents: number[] = [];
  private readonly keys: PossibleKeys;

  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.keys = new PossibleKeys(this.cursor);
  }

  run(): void {
    const forbidden = /(?![\t\n\r\x85])\p{Cc}|\ufffe|\uffff/u.exec(this.cursor.text);
    if (forbidden) throw this.cursor.fault("control characters are not allowed", forbidden.index);
    while (this.next());
  }

  private get isFlow(): boolean {
    return this.keys.depth > 0;
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
        this.keys.drop();
        this.keys.mayBegin = true;
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
      if (cursor.at === 0 && cursor.code() === 0xfeff) {
        cursor.at++;
        cursor.lineStart = cursor.at;
      }
      const tabsToo = this.isFlow || !this.keys.mayBegin;
      cursor.skipSpaces();
      if (tabsToo) cursor.skipBlanks();
      if (cursor.code() === 35) cursor.skipRestOfLine();
      if (!isBreak(cursor.code())) return;
      cursor.skipBreak();
      if (!this.isFlow) this.keys.mayBegin = true;
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

  /** A key may begin here. */
  private saveKey(): void {
    this.keys.save(this.tokens.length, this.indent);
  }

  private directive(): true {
    this.unroll(-1);
    this.keys.drop();
    this.keys.mayBegin = false;
    const start = this.cursor.at;
    this.push("directive", start, scanDirective(this.cursor));
    return true;
  }

  private documentMark(kind: "document start" | "document end"): true {
    this.unroll(-1);
    this.keys.drop();
    this.keys.mayBegin = false;
    this.push(kind, this.cursor.at);
    this.cursor.at += 3;
    return true;
  }

  private end(): false {
    this.unroll(-1);
    this.keys.drop();
    this.push("end", this.cursor.at);
    return false;
  }

  private flowStart(kind: "[" | "{"): true {
    this.saveKey();
    this.keys.enter();
    if (this.keys.depth > 10_000) throw this.cursor.fault("nested too deeply");
    this.keys.mayBegin = true;
    return this.sign(kind);
  }

  private flowEnd(kind: "]" | "}"): true {
    this.keys.drop();
    this.keys.leave();
    this.keys.mayBegin = false;
    return this.sign(kind);
  }

  private item(): true {
    const { cursor } = this;
    if (!this.isFlow) {
      if (!this.keys.mayBegin)
        throw cursor.fault('a list cannot begin here: "-" belongs on a line of its own');
      this.roll(cursor.column, "block list", cursor.at);
    }
    this.keys.drop();
    this.keys.mayBegin = true;
    return this.sign("-");
  }

  private explicitKey(): true {
    const { cursor } = this;
    if (!this.isFlow) {
      if (!this.keys.mayBegin)
        throw cursor.fault('a key cannot begin here: put the value in quotes if "?" is part of it');
      this.roll(cursor.column, "block mapping", cursor.at);
    }
    this.keys.drop();
    this.keys.mayBegin = !this.isFlow;
    return this.sign("key");
  }

  private value(): true {
    const { cursor } = this;
    const key = this.keys.take();
    if (key) {
      this.tokens.splice(key.token, 0, { kind: "key", start: key.at, value: "", isPlain: false });
      this.roll(key.column, "block mapping", key.at, key.token);
      this.keys.mayBegin = false;
    } else {
      if (!this.isFlow) {
        if (!this.keys.mayBegin) {
          throw this.noMapping();
        }
        this.roll(cursor.column, "block mapping", cursor.at);
      }
      this.keys.mayBegin = !this.isFlow;
    }
    return this.sign("value");
  }

  private noMapping(): YamlFault {
    const text = this.tokens.at(-1);
    const glued = text?.isPlain ? gluedHint(this.cursor.text, text.start) : undefined;
    if (text && glued !== undefined) return this.cursor.fault(`this is no key${glued}`, text.start);
    return this.cursor.fault('a mapping cannot begin here: put the value in quotes if ":" is part of it');
  }

  private property(code: number): true {
    this.saveKey();
    this.keys.mayBegin = false;
    const start = this.cursor.at;
    if (code === 33) this.push("tag", start, scanTag(this.cursor));
    else this.push(code === 38 ? "anchor" : "alias", start, scanAnchorName(this.cursor));
    return true;
  }

  private blockScalar(): true {
    this.keys.drop();
    this.keys.mayBegin = true;
    const start = this.cursor.at;
    this.push("scalar", start, scanBlockScalar(this.cursor, this.indent));
    return true;
  }

  private quoted(quote: "'" | '"'): true {
    this.saveKey();
    this.keys.mayBegin = false;
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
    this.keys.mayBegin = false;
    const start = cursor.at;
    const { value, endsLine } = scanPlain(cursor, this.indent, this.isFlow);
    if (endsLine) this.keys.mayBegin = true;
    this.push("scalar", start, value, true);
    return true;
  }
}
