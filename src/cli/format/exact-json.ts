/**
 * JSON whose whole numbers keep all their digits: those that a double cannot hold, like
 * nanoseconds since 1970, become bigints.
 */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? whole(value.slice(mark.length)) : value,
  );
}

/** Escaped in the text, a letter that no name or number begins with. */
const mark = "\u0000";

function whole(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}
