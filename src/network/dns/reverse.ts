import { bytesAddress } from "../../lib/ip.ts";

const suffix4 = ".in-addr.arpa";
const suffix6 = ".ip6.arpa";

/** The address a reverse lookup is about: `2.0.18.172.in-addr.arpa` is 172.18.0.2. */
export function addressOfReverse(name: string): string | undefined {
  if (name.endsWith(suffix4)) {
    const parts = name.slice(0, -suffix4.length).split(".");
    const isAddress =
      parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
    return isAddress ? parts.reverse().map(Number).join(".") : undefined;
  }
  if (!name.endsWith(suffix6)) return undefined;
  const digits = name.slice(0, -suffix6.length).split(".");
  if (digits.length !== 32 || !digits.every((digit) => /^[0-9a-f]$/.test(digit))) return undefined;
  return bytesAddress(Buffer.from(digits.reverse().join(""), "hex"));
}
