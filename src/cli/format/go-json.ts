/** JSON as Go writes it: `<`, `>`, `&` and the line separators are escaped. */
export function goJson(value: unknown, indent?: string): string {
  const text = JSON.stringify(value ?? null, bigIntegers, indent);
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Newer than the types the compiler knows. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function bigIntegers(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJSON(String(value)) : value;
}
