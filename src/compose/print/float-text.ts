import type { Float } from "./go-value.ts";

/** The fewest digits that read back as the same number, and where the point is: 0.d1d2… × 10^point. */
interface Digits {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

/** As `strconv.FormatFloat(x, 'g', -1, bits)`: with an exponent below 1e-04 and from 1e+06 on. */
export function yamlFloat(float: Float): string {
  if (Number.isNaN(float.value)) return ".nan";
  if (!Number.isFinite(float.value)) return float.value > 0 ? ".inf" : "-.inf";
  const parts = digitsOf(float);
  const exponent = parts.point - 1;
  return exponent < -4 || exponent >= 6 ? exponential(parts, 2) : decimal(parts);
}

/** As encoding/json writes floats: an exponent below 1e-6 and from 1e21 on, without a leading zero. */
export function jsonFloat(float: Float): string {
  const size = Math.abs(float.value);
  const parts = digitsOf(float);
  return size !== 0 && (size < 1e-6 || size >= 1e21) ? exponential(parts, 1) : decimal(parts);
}

function digitsOf({ value, bits }: Float): Digits {
  const [mantissa = "0", exponent = "0"] = (bits === 32 ? shortest32(value) : value.toExponential()).split(
    "e",
  );
  const digits = mantissa.replace(/[-.]/g, "");
  const negative = mantissa.startsWith("-") || Object.is(value, -0);
  return { negative, digits, point: Number(exponent) + 1 };
}

/** The shortest text that is the same number when it is read into 32 bits. */
function shortest32(value: number): string {
  const rounded = Math.fround(value);
  for (let places = 0; places < 9; places++) {
    const text = rounded.toExponential(places);
    if (Math.fround(Number(text)) === rounded) return text;
  }
  return rounded.toExponential();
}

function decimal({ negative, digits, point }: Digits): string {
  const sign = negative ? "-" : "";
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function exponential({ negative, digits, point }: Digits, width: number): string {
  const exponent = point - 1;
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const power = String(Math.abs(exponent)).padStart(width, "0");
  return `${negative ? "-" : ""}${digits[0]}${rest}e${exponent < 0 ? "-" : "+"}${power}`;
}
