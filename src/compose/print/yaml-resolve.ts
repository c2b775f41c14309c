/** Words a reader takes for something other than text; of YAML 1.1 too, as go-yaml quotes those. */
const words = new Set(
  `~ null Null NULL true True TRUE false False FALSE .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF
   -.inf -.Inf -.INF y Y yes Yes YES on On ON n N no No NO off Off OFF`.split(/\s+/),
);

/** Whether go-yaml would read this unquoted text as text again. */
export function readsAsText(text: string): boolean {
  const first = text.charCodeAt(0);
  // Nothing that begins with another letter or sign is a number, a date or a word.
  if (text === "" || words.has(text)) return false;
  if (first === 0x2e) return !isFloat(text, /^\.\d+(?:[eE][+-]?\d+)?$/);
  if (!(first === 0x2b || first === 0x2d || (first >= 0x30 && first <= 0x39))) return true;
  if (isTimestamp(text) || isBase60(text)) return false;
  const plain = text.replaceAll("_", "");
  return !isInteger(plain) && !isFloat(plain, /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/);
}

const isBase60 = (text: string) =>
  text.includes(":") && /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text);

const isFloat = (text: string, form: RegExp) => form.test(text) && Number.isFinite(Number(text));

/** Decimal, and with the prefixes of Go: `0x`, `0b`, `0o`, `0`. Beyond 64 bits it is none. */
function isInteger(text: string): boolean {
  const found = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.exec(text);
  if (!found) return false;
  const [, sign = "", digits = ""] = found;
  const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (sign === "-") return size <= 2n ** 63n;
  return size < 2n ** (sign === "+" ? 63n : 64n);
}

const timestamp =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:([Tt])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d)))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/;

function isTimestamp(text: string): boolean {
  const found = text[4] === "-" ? timestamp.exec(text) : null;
  if (!found) return false;
  const [year = 0, month = 0, day = 0, , , , , zone = 0] = found.slice(1).map((part) => Number(part ?? 0));
  const [hour = 0, minute = 0, second = 0] = found.slice(found[4] ? 5 : 10).map((part) => Number(part ?? 0));
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return isDay && hour < 24 && minute < 60 && second < 60 && zone <= 24;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}
