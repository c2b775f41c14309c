import { goTypeOf } from "./go-type-of.ts";
import { printValue } from "./print-value.ts";

/** Go's Printf for the verbs people use in templates: %s %v %q %d %x %X %o %b %c %t %f %e %g %T %%. */
export function printf(format: string, args: readonly unknown[]): string {
  let next = 0;
  const number = () => {
    const value = args[next++];
    return typeof value === "number" ? value : undefined;
  };
  const text = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])|%$/g,
    (
      whole,
      flags: string | undefined,
      width: string | undefined,
      precision: string | undefined,
      verb: string | undefined,
    ) => {
      if (verb === undefined) return "%!(NOVERB)";
      if (verb === "%") return "%";
      const hasPoint = whole.includes(".");
      const wide = width === "*" ? (number() ?? 0) : Number(width ?? 0);
      const exact =
        precision === "*"
          ? number()
          : precision === undefined
            ? hasPoint
              ? 0
              : undefined
            : Number(precision);
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const shown = format1(verb, args[next++], flags ?? "", exact);
      return pad(shown, wide, flags ?? "");
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((arg) => `${goTypeOf(arg)}=${printValue(arg)}`);
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function format1(verb: string, value: unknown, flags: string, precision: number | undefined): string {
  const wrong = () => `%!${verb}(${goTypeOf(value)}=${printValue(value)})`;
  const sign = (text: string, n: number) => (n >= 0 && flags.includes("+") ? `+${text}` : text);
  switch (verb) {
    case "v":
      return printValue(value);
    case "s":
      if (typeof value === "number" || typeof value === "boolean") return wrong();
      return precision === undefined
        ? printValue(value)
        : [...printValue(value)].slice(0, precision).join("");
    case "q":
      return typeof value === "string" ? JSON.stringify(value) : wrong();
    case "t":
      return typeof value === "boolean" ? String(value) : wrong();
    case "T":
      return goTypeOf(value);
    case "x":
    case "X": {
      const shown =
        typeof value === "string"
          ? Buffer.from(value).toString("hex")
          : typeof value === "number"
            ? value.toString(16)
            : wrong();
      return verb === "X" ? shown.toUpperCase() : shown;
    }
    default:
      break;
  }
  if (typeof value !== "number") return wrong();
  switch (verb) {
    case "d":
      return Number.isInteger(value) ? sign(String(value), value) : wrong();
    case "o":
      return value.toString(8);
    case "b":
      return value.toString(2);
    case "c":
      return String.fromCodePoint(value);
    case "f":
    case "F":
      return sign(value.toFixed(precision ?? 6), value);
    case "e":
      return sign(value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, "e$10$2"), value);
    case "g":
      return sign(
        precision === undefined ? String(value) : String(Number(value.toPrecision(precision || 1))),
        value,
      );
    default:
      return wrong();
  }
}

function pad(text: string, width: number, flags: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + text;
  const negative = /^[+-]/.exec(text)?.[0] ?? "";
  return negative + "0".repeat(missing) + text.slice(negative.length);
}
