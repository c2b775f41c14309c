const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
  // The expansion that follows knows a literal dollar sign by being doubled.
  $: "$$",
};

/** The escapes of a value in double quotes: `\n` and its like, `\$`, and octal `\0123`. Others stay as they are. */
export function expandEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g, (match, letter?: string, digits = "") => {
    if (letter !== undefined) return simple[letter] ?? match;
    // Three octal digits make a character; with others the zero is lost, as in Docker Compose.
    const code = /^[0-7]{3}$/.test(digits) ? Number.parseInt(digits, 8) : 256;
    return code < 256 ? String.fromCharCode(code) : `\\${digits}`;
  });
}
