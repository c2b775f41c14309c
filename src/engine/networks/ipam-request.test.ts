import { expect, test } from "bun:test";
import type { IpamPool } from "../../records/network-record.ts";
import { checkPools } from "./ipam-request.ts";

const problems = (pool: IpamPool) => {
  try {
    checkPools([pool]);
    return "";
  } catch (error) {
    return (error as Error).message.replace("invalid network config:\n", "");
  }
};

test.each<[IpamPool, string]>([
  [
    { subnet: "10.1.0.0/24", ipRange: "10.1.0.128/25", gateway: "10.1.0.1", auxAddresses: { a: "10.1.0.2" } },
    "",
  ],
  [{ subnet: "fd00::/64", gateway: "fd00::1" }, ""],
  [{ subnet: "" }, "invalid subnet : invalid CIDR block notation"],
  [{ subnet: "10.1.0.5/24" }, "invalid subnet 10.1.0.5/24: it should be 10.1.0.0/24"],
  [{ subnet: "10.1.0.0/24", ipRange: "x" }, "invalid ip-range x: invalid CIDR block notation"],
  [
    { subnet: "10.1.0.0/24", ipRange: "fd00::/64" },
    "invalid ip-range fd00::/64: parent subnet is an IPv4 block",
  ],
  [
    { subnet: "10.1.0.0/24", ipRange: "10.2.0.0/25" },
    "invalid ip-range 10.2.0.0/25: parent subnet 10.1.0.0/24 doesn't contain ip-range",
  ],
  [
    { subnet: "10.1.0.0/24", ipRange: "10.1.0.0/16" },
    "invalid ip-range 10.1.0.0/16: CIDR block is bigger than its parent subnet 10.1.0.0/24",
  ],
  [
    { subnet: "10.1.0.0/24", gateway: "10.2.0.1" },
    "invalid gateway 10.2.0.1: parent subnet 10.1.0.0/24 doesn't contain this address",
  ],
  [{ subnet: "10.1.0.0/24", gateway: "x" }, "invalid gateway x: invalid address"],
  [{ subnet: "10.1.0.0/24", gateway: "fd00::1" }, "invalid gateway fd00::1: parent subnet is an IPv4 block"],
  [
    { subnet: "10.1.0.0/24", auxAddresses: { printer: "10.3.0.1" } },
    "invalid auxiliary address printer: parent subnet 10.1.0.0/24 doesn't contain this address",
  ],
])("checkPools(): %j gives %j", (pool, expected) => {
  expect(problems(pool)).toContain(expected);
  if (expected === "") expect(problems(pool)).toBe("");
});
