/** Without the spaces between its parts, everything else as it stands. Throws where it is no JSON. */
export function compactJson(text: string): string {
  JSON.parse(text);
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, word?: string) => word ?? "");
}
