/** Cuts or fills a text to a width on the terminal; wide letters take two columns. */
export function fit(text: string, width: number, align: "left" | "right" = "left"): string {
  const shown = clip(text, width);
  const fill = " ".repeat(Math.max(0, width - Bun.stringWidth(shown)));
  return align === "right" ? fill + shown : shown + fill;
}

/** At most so many columns; what is left out shows as `…`. Texts must be free of escape codes. */
export function clip(text: string, width: number): string {
  if (width <= 0) return "";
  if (isPlain(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
  const clean = visible(text);
  if (Bun.stringWidth(clean) <= width) return clean;
  let used = 0;
  let shown = "";
  for (const letter of clean) {
    const size = Bun.stringWidth(letter);
    if (used + size > width - 1) break;
    shown += letter;
    used += size;
  }
  return `${shown}…`;
}

/** Names of files, logs and labels may hold anything; a screen must survive it. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  return text.replace(/\t/g, "    ").replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/gu, "\ufffd");
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Words on lines of at most so many columns; a longer word is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of visible(text).split(/\s+/)) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = "";
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  return line === "" ? lines : [...lines, line];
}
