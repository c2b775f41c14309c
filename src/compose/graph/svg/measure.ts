/** Advance widths of a plain sans-serif, in thousandths of its size, for letters that are not of the usual width. */
const widths: readonly (readonly [string, number])[] = [
  ["ijl|'", 230],
  [" .,:;!/\\tfI[]()-", 300],
  ['r"`', 345],
  ["ckszvxyJ", 500],
  ["mM%W@", 860],
  ["w", 725],
  ["ABEKPSVXY&", 670],
  ["CDHNRU", 725],
  ["GOQ", 780],
  ["→×·…", 620],
];

const usual = 560;
const byLetter = new Map(
  widths.flatMap(([letters, width]) => [...letters].map((one) => [one, width] as const)),
);

/** Fonts that stand in for the ones asked for are up to so much wider. */
const reserve = 1.17;

/** How wide a text will be at most. */
export function textWidth(text: string, size: number, isBold = false): number {
  let sum = 0;
  for (const letter of text) {
    sum += byLetter.get(letter) ?? (Bun.stringWidth(letter) === 2 ? 1000 : usual);
  }
  return (sum / 1000) * size * reserve * (isBold ? 1.07 : 1);
}

/** Cut with `…` to a width. */
export function fitted(text: string, size: number, width: number, isBold = false): string {
  if (textWidth(text, size, isBold) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join("")}…`, size, isBold) > width) letters.pop();
  return `${letters.join("")}…`;
}
