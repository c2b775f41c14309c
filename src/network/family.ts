/** Address families, named as nftables names the tables for them. */
export type Family = "ip" | "ip6";

export const families: readonly Family[] = ["ip", "ip6"];

export const familyOf = (addressOrSubnet: string): Family => (addressOrSubnet.includes(":") ? "ip6" : "ip");
