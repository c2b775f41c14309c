/** JSON as Go writes it: `<`, `>`, `&` and the line separators are escaped. */
export function goJson(value: unknown, indent?: string): string {
  const text = JSON.stringify(value ?? null, undefined, indent);
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
