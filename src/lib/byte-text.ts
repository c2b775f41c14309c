import { isUtf8 } from "node:buffer";

/**
 * Names of files are bytes; nobody promises that they are UTF-8. As a string, a byte that is no
 * part of a character is written as the lone surrogate U+DC00 + byte, which no text contains and
 * which comes back as that byte (as Python and others do it). Ordinary names are ordinary strings.
 */
export function textFromBytes(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isUtf8(whole)) return whole.toString("utf8");
  let text = "";
  let plain = 0;
  for (let at = 0; at < whole.length; ) {
    const length = characterAt(whole, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += whole.toString("utf8", plain, at) + String.fromCharCode(0xdc00 + (whole[at] ?? 0));
    plain = ++at;
  }
  return text + whole.toString("utf8", plain);
}

export function bytesFromText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts: Buffer[] = [];
  let plain = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xdc80 || code > 0xdcff) {
      plain += character;
      continue;
    }
    parts.push(Buffer.from(plain), Buffer.of(code - 0xdc00));
    plain = "";
  }
  return Buffer.concat([...parts, Buffer.from(plain)]);
}

/** For node:fs, which takes a path as text or as bytes. */
export function pathArgument(path: string): string | Buffer {
  return path.isWellFormed() ? path : bytesFromText(path);
}

/** Bytes of the character that begins here; 0 when none does. */
function characterAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length ? length : 0;
}
