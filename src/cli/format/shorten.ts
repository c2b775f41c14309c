/** At most `width` characters; what is left out shows as one of them. */
export function ellipsis(text: string, width: number): string {
  const letters = [...text];
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join("")}…`;
}

/** An id as lists show it: twelve digits, without the algorithm. */
export function shortId(id: string): string {
  return id.slice(id.indexOf(":") + 1).slice(0, 12);
}

/** Labels as lists show them. */
export function labelsText(labels: Readonly<Record<string, string>> | null | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** `{{.Label "key"}}`. */
export function labelFunction(labels: Readonly<Record<string, string>> | null | undefined) {
  return (name: unknown) => labels?.[String(name)] ?? "";
}

/** The head of a column that shows one label. */
export function labelHead(name: unknown): string {
  return (String(name).split(".").at(-1) ?? "").replace(/[-_]/g, " ");
}
