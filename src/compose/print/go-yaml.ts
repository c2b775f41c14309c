import { yamlFloat } from "./float-text.ts";
import { Float, type GoValue } from "./go-value.ts";
import { doubleQuoted, scalarStyle } from "./yaml-scalar.ts";

/** A document as go-yaml writes it: block style, no folding, lists indented below their key. */
export function yamlDocument(value: GoValue, indent = 2): string {
  const writer = new YamlWriter(indent);
  writer.node(value, "root");
  return writer.finish();
}

type Context = "root" | "item" | "value" | "key";

/** A key longer than that stands behind a `?`. */
const longestSimpleKey = 128;

/**
 * The state of libyaml's emitter that shows: where in the line it is, whether only indentation
 * and indicators were written in it, and whether white space was written last.
 */
class YamlWriter {
  #text = "";
  #column = 0;
  #isOnlyIndentation = true;
  #isAfterSpace = true;
  #indent = -1;
  /** With their colons: the same few stand in every service. */
  readonly #plainKeys = new Map<string, string>();
  readonly #plainTexts = new Map<string, boolean>();

  constructor(private readonly step: number) {}

  finish(): string {
    this.#indent = 0;
    this.#line();
    return this.#text;
  }

  node(value: GoValue, context: Context): void {
    if (typeof value === "string") this.#string(value, context);
    else if (value === null || typeof value !== "object") this.#indicator(String(value), true);
    else if (value instanceof Float) this.#indicator(yamlFloat(value), true);
    else if (Array.isArray(value)) this.#list(value, context);
    else this.#map(value as ReadonlyMap<string, GoValue>, context);
  }

  #list(items: readonly GoValue[], context: Context): void {
    if (items.length === 0) {
      this.#indicator("[]", true);
      return;
    }
    this.#deeper(context, () => {
      for (const item of items) {
        this.#line();
        this.#indicator("-", true, true);
        this.node(item, "item");
      }
    });
  }

  #map(entries: ReadonlyMap<string, GoValue>, context: Context): void {
    if (entries.size === 0) {
      this.#indicator("{}", true);
      return;
    }
    this.#deeper(context, () => {
      for (const [key, item] of entries) {
        this.#line();
        const known = typeof item === "string" ? this.#plainKeys.get(key) : undefined;
        if (known !== undefined && this.#isPlain(item as string)) {
          // Most lines: the same in one step.
          this.#indicator(`${known} ${item}`, true);
          continue;
        }
        this.#key(key);
        this.node(item, "value");
      }
    });
  }

  #key(key: string): void {
    const known = this.#plainKeys.get(key);
    if (known !== undefined) {
      this.#indicator(known, true);
      return;
    }
    const isSimple = !/[\r\n\u0085\u2028\u2029]/.test(key) && byteLength(key) <= longestSimpleKey;
    if (isSimple) {
      if (scalarStyle(key, true) === "plain") this.#plainKeys.set(key, `${key}:`);
      this.#string(key, "key");
      this.#indicator(":", false);
      return;
    }
    this.#indicator("?", true, true);
    this.#string(key, "value");
    this.#line();
    this.#indicator(":", true, true);
  }

  /** Values repeat themselves as keys do. */
  #isPlain(text: string): boolean {
    const known = this.#plainTexts.get(text);
    if (known !== undefined) return known;
    const isPlain = scalarStyle(text, false) === "plain";
    this.#plainTexts.set(text, isPlain);
    return isPlain;
  }

  #deeper(context: Context, write: () => void): void {
    const before = this.#indent;
    this.#indent = this.#below(context);
    write();
    this.#indent = before;
  }

  /** Below a dash the indicator is the indentation; everything else keeps to the step. */
  #below(context: Context): number {
    if (this.#indent < 0) return 0;
    if (context === "item") return this.#indent + 2;
    return this.step * Math.floor((this.#indent + this.step) / this.step);
  }

  #string(text: string, context: Context): void {
    const style = scalarStyle(text, context === "key");
    if (style === "plain") this.#indicator(text, true);
    else if (style === "double") this.#indicator(doubleQuoted(text), true);
    else if (style === "literal") this.#literal(text, context);
    else this.#single(text, context);
  }

  #single(text: string, context: Context): void {
    const quoted = `'${text.replaceAll("'", "''")}'`;
    if (!/[\u2028\u2029]/.test(text)) {
      this.#indicator(quoted, true);
      return;
    }
    // Such separators end a line here; what follows is indented.
    const before = this.#indent;
    this.#indent = this.#indent < 0 ? this.step : this.#below(context);
    this.#indicator("'", true);
    this.#broken(quoted.slice(1, -1), false);
    this.#indicator("'", false);
    this.#indent = before;
  }

  #literal(text: string, context: Context): void {
    const before = this.#indent;
    this.#indent = this.#indent < 0 ? this.step : this.#below(context);
    const startHint = /^[ \n\u2028\u2029]/.test(text) ? String(this.step) : "";
    this.#indicator(`|${startHint}${chomping(text)}`, true);
    this.#break("\n");
    this.#isAfterSpace = true;
    this.#broken(text, true);
    this.#indent = before;
  }

  /** Lines of a text, each indented, empty ones not. */
  #broken(text: string, startsLine: boolean): void {
    let breaks = startsLine;
    for (const character of text) {
      if (character === "\n" || character === "\u2028" || character === "\u2029") {
        this.#break(character);
        breaks = true;
        continue;
      }
      if (breaks) this.#line();
      this.#text += character;
      this.#column++;
      this.#isOnlyIndentation = false;
      breaks = false;
    }
    this.#isAfterSpace = startsLine;
  }

  #line(): void {
    const indent = Math.max(this.#indent, 0);
    const isAway = this.#column > indent || (this.#column === indent && !this.#isAfterSpace);
    if (!this.#isOnlyIndentation || isAway) this.#break("\n");
    if (this.#column < indent) {
      this.#text += " ".repeat(indent - this.#column);
      this.#column = indent;
    }
    this.#isAfterSpace = true;
  }

  #break(character: string): void {
    this.#text += character;
    this.#column = 0;
    this.#isOnlyIndentation = true;
  }

  #indicator(text: string, needsSpace: boolean, isIndentation = false): void {
    if (needsSpace && !this.#isAfterSpace) {
      this.#text += " ";
      this.#column++;
    }
    this.#text += text;
    this.#column += text.length;
    this.#isAfterSpace = false;
    this.#isOnlyIndentation = this.#isOnlyIndentation && isIndentation;
  }
}

function chomping(text: string): string {
  if (!/[\n\u2028\u2029]$/.test(text)) return "-";
  return text.length === 1 || /[\n\u2028\u2029]{2}$/.test(text) ? "+" : "";
}

const byteLength = (text: string) => (text.length <= 42 ? text.length : Buffer.byteLength(text));
