import { familyOf } from "../lib/ip.ts";

/** Address families as nftables calls the tables for them; everywhere else they are 4 and 6. */
export type TableFamily = "ip" | "ip6";

export const tableFamilies: readonly TableFamily[] = ["ip", "ip6"];

export const tableFamilyOf = (addressOrSubnet: string): TableFamily =>
  familyOf(addressOrSubnet) === 6 ? "ip6" : "ip";
