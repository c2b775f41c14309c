/** How Go prints a time that was never set. */
export const zeroTime = "0001-01-01T00:00:00Z";

export function unixSeconds(timestamp: string): number {
  const milliseconds = Date.parse(timestamp);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

/** RFC 3339 without the fraction. */
export function wholeSeconds(timestamp: string): string {
  return timestamp.replace(/\.\d+/, "");
}
