/**
 * Whether it is an IPv4 or IPv6 address. `node:net` would tell too, but its import takes longer
 * than most commands.
 */
export function isAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

const isIpv4 = (text: string) => /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(text);

/** Eight groups, or fewer with one `::`; the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  const [address = "", zone] = text.split("%");
  if (zone === "") return false;
  const dotted = address.lastIndexOf(":");
  const tail = address.slice(dotted + 1);
  const plain = isIpv4(tail) ? `${address.slice(0, dotted + 1)}0:0` : address;
  const halves = plain.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}
