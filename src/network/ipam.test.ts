import { describe, expect, test } from "bun:test";
import { choosePool, dockerPools } from "./address-pools.ts";
import { chooseAddress, parsePool } from "./ipam.ts";
import { contains, formatAddress, macFor, overlap, parseAddress, parseMac, parseSubnet } from "./ipv4.ts";
import { planPools } from "./pool-planner.ts";

const numbers = (...addresses: string[]) => new Set(addresses.map(parseAddress));
const chosen = (pool: Parameters<typeof parsePool>[0], ...taken: string[]) => {
  const value = chooseAddress(parsePool(pool), numbers(...taken));
  return value === undefined ? undefined : formatAddress(value);
};

describe("chooseAddress", () => {
  test("gives the lowest free one, never network, gateway or broadcast", () => {
    expect(chosen({ subnet: "10.1.0.0/29" })).toBe("10.1.0.2");
    expect(chosen({ subnet: "10.1.0.0/29" }, "10.1.0.2", "10.1.0.4")).toBe("10.1.0.3");
    expect(chosen({ subnet: "10.1.0.0/29", gateway: "10.1.0.6" })).toBe("10.1.0.1");
    expect(chosen({ subnet: "10.1.0.0/30" }, "10.1.0.2")).toBeUndefined();
  });

  test("stays in the range and leaves auxiliary addresses", () => {
    const pool = { subnet: "10.1.0.0/24", ipRange: "10.1.0.128/25", auxAddresses: { router: "10.1.0.128" } };
    expect(chosen(pool)).toBe("10.1.0.129");
  });
});

test("parsePool refuses what does not fit together", () => {
  expect(() => parsePool({ subnet: "10.1.0.0/24", gateway: "10.2.0.1" })).toThrow("gateway 10.2.0.1");
  expect(() => parsePool({ subnet: "10.1.0.0/24", ipRange: "10.2.0.0/25" })).toThrow("range 10.2.0.0/25");
  expect(() => parsePool({ subnet: "10.1.0.0/24", auxAddresses: { a: "1.1.1.1" } })).toThrow("1.1.1.1");
  expect(() => parsePool({ subnet: "10.1.0.0/33" })).toThrow("invalid CIDR address: 10.1.0.0/33");
});

describe("choosePool", () => {
  test("gives 172.17.0.0/16 unless it is taken", () => {
    expect(choosePool(dockerPools, ["0.0.0.0/0", "10.0.0.0/8"])).toBe("172.17.0.0/16");
    expect(choosePool(dockerPools, ["172.17.42.0/24"])).toBe("172.18.0.0/16");
    expect(choosePool(dockerPools, ["172.16.0.0/12"])).toBe("192.168.0.0/20");
  });

  test("cuts networks of the wanted size and goes round obstacles of any size", () => {
    const pools = [{ base: "10.10.0.0/16", size: 24 }];
    expect(choosePool(pools, ["10.10.0.0/23", "10.10.2.128/25"])).toBe("10.10.3.0/24");
    expect(() => choosePool(pools, ["10.0.0.0/8"])).toThrow("non-overlapping IPv4 address pool");
    expect(() => choosePool([{ base: "10.0.0.0/16", size: 8 }], [])).toThrow(
      "/8 cannot be cut from 10.0.0.0/16",
    );
  });
});

describe("planPools", () => {
  const space = { pools: dockerPools, networks: ["172.17.0.0/16"], routes: ["0.0.0.0/0", "172.18.0.0/24"] };
  test("fills in a free subnet and its gateway", () => {
    expect(planPools([], space)).toEqual([{ subnet: "172.19.0.0/16", gateway: "172.19.0.1" }]);
  });
  test("keeps what the user said and refuses overlap", () => {
    expect(planPools([{ subnet: "10.9.0.0/24", gateway: "10.9.0.254" }], space)).toEqual([
      { subnet: "10.9.0.0/24", gateway: "10.9.0.254" },
    ]);
    expect(() => planPools([{ subnet: "172.17.4.0/24" }], space)).toThrow("Pool overlaps with other one");
    expect(() => planPools([{ subnet: "172.18.0.0/16" }], space)).toThrow(
      "overlaps with the route 172.18.0.0/24",
    );
  });
});

test("addresses as numbers", () => {
  expect(formatAddress(parseAddress("255.254.1.0"))).toBe("255.254.1.0");
  expect(() => parseAddress("1.2.3")).toThrow('invalid IPv4 address: "1.2.3"');
  expect(contains(parseSubnet("10.1.2.3/24"), parseAddress("10.1.2.255"))).toBe(true);
  expect(overlap(parseSubnet("10.1.0.0/16"), parseSubnet("10.2.0.0/16"))).toBe(false);
  expect(macFor("172.17.0.2")).toBe("02:42:ac:11:00:02");
});

test("parseMac takes what one interface can have", () => {
  expect(parseMac("02-42-AC-11-00-09")).toBe("02:42:ac:11:00:09");
  for (const bad of ["02:42:ac:11:00", "03:42:ac:11:00:09", "00:00:00:00:00:00", "zz:42:ac:11:00:09"]) {
    expect(() => parseMac(bad)).toThrow(`invalid MAC address: "${bad}"`);
  }
});
