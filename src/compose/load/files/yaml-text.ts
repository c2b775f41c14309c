import { isUtf8 } from "node:buffer";
import { ComposeFileError } from "../compose-error.ts";

/** YAML says by its first bytes what it is written in; what is neither UTF-16 nor UTF-8 is refused, not changed. */
export function yamlText(file: string, bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString("utf16le");
  }
  const text = bytes.toString("utf8");
  if (isUtf8(bytes)) return text;
  const before = text.slice(0, text.indexOf("\uFFFD")).split("\n");
  const place = { file, line: before.length, column: (before.at(-1) ?? "").length + 1 };
  throw new ComposeFileError([{ place, path: "", message: "these bytes are no UTF-8" }]);
}
