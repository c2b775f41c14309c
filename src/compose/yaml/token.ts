export type TokenKind =
  | "directive"
  | "document start"
  | "document end"
  | "block list"
  | "block mapping"
  | "block end"
  | "["
  | "]"
  | "{"
  | "}"
  | ","
  | "-"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  /** A scalar's text, an anchor's name, a tag in full, a directive's words. */
  readonly value: string;
  /** A scalar without quotes, and not of block style: its text says of what type it is. */
  readonly isPlain: boolean;
}
