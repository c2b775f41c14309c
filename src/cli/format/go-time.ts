/** `2026-11-21 14:39:44 +0000 UTC`: a moment as Go prints one, in the zone of this machine. */
export function goTime(unixSeconds: number, fraction = ""): string {
  const date = new Date(unixSeconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${fraction}`;
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${two(size % 60)}`;
  return `${day} ${time} ${offset} ${zoneName(date, offset)}`;
}

/** An RFC 3339 moment in UTC with its fraction, as Go prints one it has parsed. */
export function goUtcTime(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text);
  if (!match) return text;
  return `${match[1]} ${match[2]}${(match[3] ?? "").replace(/0+$/, "").replace(/^\.$/, "")} +0000 UTC`;
}

let zoneFormat: Intl.DateTimeFormat | undefined;

function zoneName(date: Date, offset: string): string {
  if (offset === "+0000") return "UTC";
  zoneFormat ??= new Intl.DateTimeFormat("en-US", { timeZoneName: "short" });
  const parts = zoneFormat.formatToParts(date);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return name === "" || name.startsWith("GMT") ? offset : name;
}

/** `2026-11-21T16:31:43.935408668+01:00`: nanoseconds since 1970, always nine digits, in the zone of this machine. */
export function localTimestamp(nanos: bigint): string {
  const seconds = Number(nanos / 1_000_000_000n);
  const fraction = String(nanos % 1_000_000_000n).padStart(9, "0");
  const minutes = -new Date(seconds * 1000).getTimezoneOffset();
  const local = new Date((seconds + minutes * 60) * 1000).toISOString().slice(0, 19);
  const two = (value: number) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  const zone = size === 0 ? "Z" : `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${local}.${fraction}${zone}`;
}
