import { YamlFault } from "./yaml-fault.ts";

const spaces = / +/y;
const restOfLine = /[^\n\r\x85\u2028\u2029]+/y;

/** A place in the text that is being read, and where its line begins. */
export class Cursor {
  at = 0;
  lineStart = 0;

  constructor(readonly text: string) {}

  get column(): number {
    return this.at - this.lineStart;
  }

  /** The character code some places ahead; NaN behind the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** Goes over one line break and says what it counts for in a value. */
  skipBreak(): string {
    const code = this.code();
    this.at += code === 13 && this.code(1) === 10 ? 2 : 1;
    this.lineStart = this.at;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
  }

  skipBlanks(): void {
    while (isBlank(this.code())) this.at++;
  }

  skipSpaces(): void {
    if (this.code() !== 32) return;
    this.at++;
    if (this.code() === 32) this.skip(spaces);
  }

  skipRestOfLine(): void {
    this.skip(restOfLine);
  }

  /** Runs of characters are skipped by pattern: much faster than one by one while the code is young. */
  private skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    if (pattern.test(this.text)) this.at = pattern.lastIndex;
  }

  /** `---` or `...` alone at the beginning of a line. */
  isAtDocumentMark(): boolean {
    if (this.at !== this.lineStart) return false;
    const code = this.code();
    if (code !== 45 && code !== 46) return false;
    return this.code(1) === code && this.code(2) === code && endsWord(this.code(3));
  }

  fault(message: string, at = this.at): YamlFault {
    return new YamlFault(message, at);
  }
}

export const isBlank = (code: number) => code === 32 || code === 9;

export const isBreak = (code: number) =>
  code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029;

export const isEnd = (code: number) => Number.isNaN(code);

/** A blank, a break, or the end of the text. */
export const endsWord = (code: number) =>
  code === 32 || code === 10 || isBlank(code) || isBreak(code) || isEnd(code);

export const isDigit = (code: number) => code >= 48 && code <= 57;

/** A letter, a digit, `_` or `-`: what anchors and tag handles consist of. */
export const isWordCharacter = (code: number) =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isDigit(code) || code === 95 || code === 45;
