import { describe, expect, test } from "bun:test";
import { contains, formatAddress, overlap, parseAddress, parseSubnet } from "../lib/ip.ts";
import { choosePool, dockerPools, smallPools, uniqueLocalPool } from "./address-pools.ts";
import { chooseAddress, parsePool } from "./ipam.ts";
import { linkLocalOf, macFor, parseMac } from "./mac-address.ts";
import { planPools } from "./pool-planner.ts";

const numbers = (...addresses: string[]) => new Set(addresses.map((address) => parseAddress(address).value));
const chosen = (pool: Parameters<typeof parsePool>[0], ...taken: string[]) => {
  const parsed = parsePool(pool);
  const value = chooseAddress(parsed, numbers(...taken));
  return value === undefined ? undefined : formatAddress({ family: parsed.subnet.family, value });
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
    expect(parsePool(pool).gateway).toBe("10.1.0.129");
    expect(chosen(pool)).toBe("10.1.0.130");
    expect(chosen({ ...pool, gateway: "10.1.0.1" })).toBe("10.1.0.129");
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
    expect(choosePool(dockerPools, 4, ["0.0.0.0/0", "10.0.0.0/8"])).toBe("172.17.0.0/16");
    expect(choosePool(dockerPools, 4, ["172.17.42.0/24"])).toBe("172.18.0.0/16");
    expect(choosePool(dockerPools, 4, ["172.16.0.0/12"])).toBe("192.168.0.0/20");
  });

  test("cuts networks of the wanted size and goes round obstacles of any size", () => {
    const pools = [{ base: "10.10.0.0/16", size: 24 }];
    expect(choosePool(pools, 4, ["10.10.0.0/23", "10.10.2.128/25"])).toBe("10.10.3.0/24");
    expect(() => choosePool(pools, 4, ["10.0.0.0/8"])).toThrow("non-overlapping IPv4 address pool");
    expect(() => choosePool([{ base: "10.0.0.0/16", size: 8 }], 4, [])).toThrow(
      "/8 cannot be cut from 10.0.0.0/16",
    );
  });
});

describe("planPools", () => {
  const space = {
    pools: [...smallPools, uniqueLocalPool("test")],
    networks: [{ name: "bridge", subnet: "172.17.0.0/16" }],
    routes: [
      { destination: "0.0.0.0/0", link: "eth0" },
      { destination: "::/0", link: "eth0" },
      { destination: "fe80::/64", link: "eth0" },
      { destination: "172.18.0.0/24", link: "tun0" },
      { destination: "fd77::/48", link: "tun0" },
    ],
  };
  test("fills in a free subnet and its gateway, small so that many fit", () => {
    expect(planPools([], [4], space)).toEqual([
      { subnet: "172.18.1.0/24", gateway: "172.18.1.1", automatic: true },
    ]);
  });
  test("gives each family asked for a pool, IPv4 first", () => {
    const [first, second, ...more] = planPools([{ subnet: "fd00:9::/64" }], [4, 6], space);
    expect(first?.subnet).toBe("172.18.1.0/24");
    expect(second).toEqual({ subnet: "fd00:9::/64", gateway: "fd00:9::1" });
    expect(more).toEqual([]);
    expect(planPools([], [6], space)).toEqual([
      {
        subnet: expect.stringMatching(/^fd.*::\/64$/),
        gateway: expect.stringMatching(/::1$/),
        automatic: true,
      },
    ]);
  });
  test("keeps what the user said and refuses overlap, naming what is in the way", () => {
    const plan = (subnet: string, gateway?: string) =>
      planPools([{ subnet, ...(gateway && { gateway }) }], [subnet.includes(":") ? 6 : 4], space);
    expect(plan("10.9.0.0/24", "10.9.0.254")).toEqual([{ subnet: "10.9.0.0/24", gateway: "10.9.0.254" }]);
    const words = "Pool overlaps with other one on this address space: ";
    expect(() => plan("172.17.4.0/24")).toThrow(`${words}172.17.4.0/24 and network bridge (172.17.0.0/16)`);
    expect(() => plan("172.18.0.0/16")).toThrow(
      `${words}172.18.0.0/16 and this host's route to 172.18.0.0/24 through interface tun0`,
    );
    expect(() => plan("fd77:0:0:5::/64")).toThrow(`route to fd77::/48 through interface tun0`);
    expect(() => planPools([{ subnet: "10.1.0.0/24" }, { subnet: "10.1.0.0/25" }], [4], space)).toThrow(
      words,
    );
  });
});

describe("IPv6 addresses", () => {
  test.each([
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1::", "1::"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
    ["fd00:0:0:1:0:0:0:0", "fd00:0:0:1::"],
  ])("%s is written %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });
  test.each(["1:2", "::1%eth0", "1::2::3", "g::", ""])("%p is none", (text) => {
    expect(() => parseAddress(text)).toThrow("invalid IPv");
  });
  test("come from a pool like others: lowest first, never the first nor the gateway", () => {
    expect(chosen({ subnet: "fd00::/64" })).toBe("fd00::2");
    expect(chosen({ subnet: "fd00::/64", gateway: "fd00::ff" }, "fd00::1")).toBe("fd00::2");
    expect(chosen({ subnet: "fd00::/64", ipRange: "fd00::100/120" })).toBe("fd00::101");
  });
  test("give a link its own address and a container its hardware address", () => {
    expect(linkLocalOf("02:42:ac:11:00:02")).toBe("fe80::42:acff:fe11:2");
    expect(macFor("fd00::2")).not.toBe(macFor("fd00::1:2"));
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
