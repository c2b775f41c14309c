const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Docker's drawing of a progress, for clients that print it as it is: `[=>  ]  1.2MB/30MB`. */
export function progressBar(current: number, total: number): string {
  const now = humanSize(current).padStart(8);
  if (total <= 0) return now;
  const filled = Math.min(50, Math.trunc(Math.trunc((current / total) * 100) / 2));
  const bar = `[${"=".repeat(filled)}>${" ".repeat(50 - filled)}] `;
  return current > total ? `${bar}${now}` : `${bar}${now}/${humanSize(total)}`;
}

/** Four digits that count, in powers of 1000, as Go's `%.4g` prints them. */
function humanSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${Number(size.toPrecision(4))}${units[unit]}`;
}
