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

function zoneName(date: Date, offset: string): string {
  if (offset === "+0000") return "UTC";
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return name === "" || name.startsWith("GMT") ? offset : name;
}
