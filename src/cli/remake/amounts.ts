/** Bytes as flags and files take them, exactly: `64m`, `1536k`, `1000`. */
export function bytesText(bytes: number): string {
  if (bytes < 0) return String(bytes);
  for (const [unit, letter] of [
    [1 << 30, "g"],
    [1 << 20, "m"],
    [1 << 10, "k"],
  ] as const) {
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${letter}`;
  }
  return String(bytes);
}

/** Nanoseconds as Go writes a duration: `1m30s`, `500ms`. */
export function durationText(nanoseconds: number): string {
  const seconds = nanoseconds / 1e9;
  if (seconds < 1) return nanoseconds % 1e6 === 0 ? `${nanoseconds / 1e6}ms` : `${nanoseconds}ns`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = Math.round((seconds % 60) * 1e6) / 1e6;
  return `${hours > 0 ? `${hours}h` : ""}${minutes > 0 ? `${minutes}m` : ""}${rest > 0 ? `${rest}s` : ""}`;
}

/** One word for a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** One field of the comma separated lists flags take. */
export function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
