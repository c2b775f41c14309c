/**
 * The order go-yaml gives the keys of a map: as people sort, numbers in them by their value and
 * letters after everything else.
 */
export function compareYamlKeys(left: string, right: string): number {
  if (left === right) return 0;
  return isBefore(left, right) ? -1 : 1;
}

/** The order encoding/json gives them: by bytes of UTF-8, which is by code points. */
export function compareBytes(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Halves of code points above U+FFFF sort behind every other unit. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

function isBefore(left: string, right: string): boolean {
  const shorter = Math.min(left.length, right.length);
  let at = 0;
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === shorter) return left.length < right.length;
  // Almost always the first difference is between two plain letters.
  const x = left.charCodeAt(at);
  const y = right.charCodeAt(at);
  if (isPlainLetter(x) && isPlainLetter(y)) return x < y;
  if (isLeadingDigit(x) && isLeadingDigit(y)) {
    const a = digitsAt(left, at);
    const b = digitsAt(right, at);
    if (a > 0 && b > 0) return a === b ? x < y : a < b;
  }
  return isBeforeByCharacter(left, right);
}

const isLeadingDigit = (code: number) => code >= 49 && code <= 57;

/** How many digits stand there; -1 where only a closer look can tell: too many, or others than ours. */
function digitsAt(text: string, from: number): number {
  let end = from;
  let code = text.charCodeAt(end);
  while (code >= 48 && code <= 57) code = text.charCodeAt(++end);
  return code >= 128 || end - from > 15 ? -1 : end - from;
}

const isPlainLetter = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90);

function isBeforeByCharacter(left: string, right: string): boolean {
  const a = Array.from(left);
  const b = Array.from(right);
  let inDigits = false;
  for (let at = 0; at < a.length && at < b.length; at++) {
    const x = a[at] ?? "";
    const y = b[at] ?? "";
    if (x === y) {
      inDigits = isDigit(x);
      continue;
    }
    const isLeftLetter = isLetter(x);
    const isRightLetter = isLetter(y);
    if (isLeftLetter && isRightLetter) return compareBytes(x, y) < 0;
    if (isLeftLetter || isRightLetter) return inDigits ? isLeftLetter : isRightLetter;
    return areDigitsBefore(a, b, at);
  }
  return a.length < b.length;
}

/** What differs is no letter on either side: numbers by value, then by length, then by character. */
function areDigitsBefore(a: readonly string[], b: readonly string[], from: number): boolean {
  // A zero behind a digit that is not zero belongs to the number and does not lead it.
  const lead = (a[from] === "0" || b[from] === "0") && endsInNonZeroNumber(a, from) ? 1n : 0n;
  const left = numberAt(a, from, lead);
  const right = numberAt(b, from, lead);
  if (left.value !== right.value) return left.value < right.value;
  if (left.end !== right.end) return left.end < right.end;
  return compareBytes(a[from] ?? "", b[from] ?? "") < 0;
}

function endsInNonZeroNumber(text: readonly string[], end: number): boolean {
  for (let at = end - 1; at >= 0 && isDigit(text[at] ?? ""); at--) if (text[at] !== "0") return true;
  return false;
}

function numberAt(text: readonly string[], from: number, lead: bigint) {
  let value = lead;
  let end = from;
  for (; end < text.length && isDigit(text[end] ?? ""); end++) {
    value = BigInt.asIntN(64, value * 10n + BigInt((text[end]?.codePointAt(0) ?? 48) - 48));
  }
  return { value, end };
}

const isDigit = (character: string) =>
  character < "\u0080" ? character >= "0" && character <= "9" : /\p{Nd}/u.test(character);

const isLetter = (character: string) =>
  character < "\u0080" ? /[A-Za-z]/.test(character) : /\p{L}/u.test(character);
