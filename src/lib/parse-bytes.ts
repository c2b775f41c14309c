/** `10m`, `1.5GB`, `300`. Docker counts in thousands for json-file, in 1024s for everything else. */
export function parseBytes(text: string, step: 1000 | 1024): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])?i?b?)$/i.exec(text) ?? [];
  return amount === undefined
    ? undefined
    : Math.floor(Number(amount) * step ** " kmgtp".indexOf(unit.toLowerCase() || " "));
}
