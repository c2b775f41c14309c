import { Cursor, endsWord, isBlank, isEnd, isWordCharacter } from "./cursor.ts";
import { deepest, Indentation } from "./indentation.ts";
import { PossibleKeys } from "./possible-keys.ts";
import { scanBlockScalar } from "./scan-block-scalar.ts";
import { checkCharacters, noMapping, strangeCharacter } from "./scan-faults.ts";
import { scanPlain } from "./scan-plain.ts";
import { scanAnchorName, scanDirective, scanTag } from "./scan-properties.ts";
import { scanQuoted } from "./scan-quoted.ts";
import { simpleKeyEnd, takeSimpleValue } from "./scan-simple.ts";
import { skipToToken } from "./skip-to-token.ts";
import type { Token, TokenKind } from "./token.ts";

/**
 * Text to tokens, by the rules of libyaml, which Docker Compose's reader follows: indentation becomes
 * begin and end tokens, and a mapping begins where a key turns out to have been one.
 */
export class Scanner {
  readonly tokens: Token[] = [];
  private readonly cursor: Cursor;
  private readonly indentation = new Indentation();
  private readonly keys: PossibleKeys;

  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.keys = new PossibleKeys(this.cursor);
  }

  run(): void {
    checkCharacters(this.cursor);
    while (this.next());
  }

  private get isFlow(): boolean {
    return this.keys.depth > 0;
  }

  /** One token, with those that indentation brings before it; false at the end. */
  private next(): boolean {
    const { cursor } = this;
    skipToToken(cursor, this.keys);
    this.unroll(cursor.column);
    const code = cursor.code();
    // Most tokens are words: they mean nothing but themselves.
    if (isWordCharacter(code) && code !== 45) return this.simpleKey() || this.plain();
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
        if (this.isFlow) throw strangeCharacter(cursor);
        return this.blockScalar();
      case 39: // '
      case 34: // "
        return this.quoted(code === 39 ? "'" : '"');
      case 9: // tab
      case 35: // #
      case 37: // %
      case 64: // @
      case 96: // `
        throw strangeCharacter(cursor);
      default:
        return this.plain();
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
  private roll(column: number, kind: "block list" | "block mapping", start: number, index?: number): void {
    if (this.isFlow || !this.indentation.grow(column)) return;
    if (this.indentation.depth > deepest) throw this.cursor.fault("nested too deeply", start);
    this.tokens.splice(index ?? this.tokens.length, 0, { kind, start, value: "", isPlain: false });
  }

  private unroll(column: number): void {
    if (this.isFlow) return;
    while (this.indentation.shrink(column)) this.push("block end", this.cursor.at);
  }

  /** What begins here may be a key; behind it, in its line, none may begin. */
  private beginKey(): void {
    this.keys.save(this.tokens.length, this.indentation.column);
    this.keys.mayBegin = false;
  }

  private closeAll(): void {
    this.unroll(-1);
    this.keys.drop();
    this.keys.mayBegin = false;
  }

  private directive(): true {
    this.closeAll();
    const start = this.cursor.at;
    this.push("directive", start, scanDirective(this.cursor));
    return true;
  }

  private documentMark(kind: "document start" | "document end"): true {
    this.closeAll();
    this.push(kind, this.cursor.at);
    this.cursor.at += 3;
    return true;
  }

  private end(): false {
    this.closeAll();
    this.push("end", this.cursor.at);
    return false;
  }

  private flowStart(kind: "[" | "{"): true {
    this.beginKey();
    this.keys.enter();
    if (this.keys.depth > deepest) throw this.cursor.fault("nested too deeply");
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
    this.beginHere("block list", 'a list cannot begin here: "-" belongs on a line of its own');
    this.keys.mayBegin = true;
    return this.sign("-");
  }

  private explicitKey(): true {
    this.beginHere("block mapping", 'a key cannot begin here: put the value in quotes if "?" is part of it');
    this.keys.mayBegin = !this.isFlow;
    return this.sign("key");
  }

  private beginHere(kind: "block list" | "block mapping", refusal: string): void {
    const { cursor } = this;
    if (!this.isFlow && !this.keys.mayBegin) throw cursor.fault(refusal);
    this.roll(cursor.column, kind, cursor.at);
    this.keys.drop();
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
          throw noMapping(cursor, this.tokens.at(-1));
        }
        this.roll(cursor.column, "block mapping", cursor.at);
      }
      this.keys.mayBegin = !this.isFlow;
    }
    return this.sign("value");
  }

  /** What most lines begin with goes the short way to the same tokens. */
  private simpleKey(): boolean {
    const { cursor, keys } = this;
    const start = cursor.at;
    const end = keys.mayBegin && !this.isFlow ? simpleKeyEnd(cursor) : -1;
    if (end < 0) return false;
    keys.drop();
    this.roll(cursor.column, "block mapping", start);
    keys.mayBegin = false;
    this.push("key", start);
    this.push("scalar", start, cursor.text.slice(start, end), true);
    cursor.at = end;
    this.sign("value");
    const value = takeSimpleValue(cursor, this.indentation.column);
    if (value === undefined) return true;
    this.push("scalar", end + 2, value, true);
    keys.mayBegin = true;
    return true;
  }

  private property(code: number): true {
    this.beginKey();
    const start = this.cursor.at;
    if (code === 33) this.push("tag", start, scanTag(this.cursor));
    else this.push(code === 38 ? "anchor" : "alias", start, scanAnchorName(this.cursor));
    return true;
  }

  private blockScalar(): true {
    this.keys.drop();
    this.keys.mayBegin = true;
    const start = this.cursor.at;
    this.push("scalar", start, scanBlockScalar(this.cursor, this.indentation.column));
    return true;
  }

  private quoted(quote: "'" | '"'): true {
    this.beginKey();
    const start = this.cursor.at;
    this.push("scalar", start, scanQuoted(this.cursor, quote));
    return true;
  }

  private plain(): true {
    const { cursor } = this;
    const code = cursor.code();
    // `-` may begin a text only with something behind it; so may `?` and `:` outside of flow style.
    if (code === 45 && isBlank(cursor.code(1))) throw strangeCharacter(cursor);
    this.beginKey();
    const start = cursor.at;
    const { value, endsLine } = scanPlain(cursor, this.indentation.column, this.isFlow);
    if (endsLine) this.keys.mayBegin = true;
    this.push("scalar", start, value, true);
    return true;
  }
}
