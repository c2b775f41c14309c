import { expect, test } from "bun:test";
import {
  editionChain,
  familiesOf,
  planNetworkChange,
  planNetworks,
  planTable,
  tableName,
} from "./plan-rules.ts";

const open = {
  bridge: "hull0",
  subnets: ["172.17.0.0/16"],
  connected: true,
  internal: false,
  masquerade: true,
};
const closed = {
  bridge: "br-1",
  subnets: ["10.0.0.0/24"],
  connected: false,
  internal: true,
  masquerade: true,
};

test("tableName keeps names apart that differ in forbidden characters only", () => {
  expect(tableName("hull0")).toBe("hull_hull0");
  expect(tableName("a-b")).toBe("hull_a.2db");
  expect(tableName("a_b")).toBe("hull_a.5fb");
});

test("planTable replaces the table in one transaction and names its edition", () => {
  const text = planTable("t", "ip");
  expect(text).toStartWith("add table ip t\ndelete table ip t\ntable ip t {\n");
  expect(text).toContain(`chain ${editionChain()} { }`);
  expect(text).toMatchSnapshot();
});

test("planNetworks puts each network into the sets that describe it", () => {
  expect(planNetworks("t", "ip", [open, closed])).toBe(`flush set ip t bridges
flush set ip t internal
flush set ip t connected
flush set ip t within
flush set ip t masqueraded
add element ip t bridges { "hull0" }
add element ip t connected { "hull0" . "hull0" }
add element ip t within { 172.17.0.0/16 . "hull0" }
add element ip t masqueraded { 172.17.0.0/16 }
add element ip t bridges { "br-1" }
add element ip t internal { "br-1" }
add element ip t within { 10.0.0.0/24 . "br-1" }
`);
});

test("planNetworkChange takes out exactly what it put in", () => {
  const added = planNetworkChange("t", "ip", "add", open);
  expect(planNetworkChange("t", "ip", "delete", open)).toBe(
    added.replaceAll("add element", "delete element"),
  );
});

test("the IPv6 table says of IPv6 subnets what the other says of IPv4 ones", () => {
  const dual = { ...open, subnets: [...open.subnets, "fd00:1::/64"] };
  expect(familiesOf([])).toEqual([]);
  expect(familiesOf([open, closed])).toEqual(["ip"]);
  expect(familiesOf([closed, dual])).toEqual(["ip", "ip6"]);
  expect(planTable("t", "ip6")).toMatchSnapshot();
  expect(planNetworkChange("t", "ip", "add", dual)).toBe(planNetworkChange("t", "ip", "add", open));
  expect(planNetworkChange("t", "ip6", "add", dual)).toBe(`add element ip6 t bridges { "hull0" }
add element ip6 t connected { "hull0" . "hull0" }
add element ip6 t within { fd00:1::/64 . "hull0" }
add element ip6 t masqueraded { fd00:1::/64 }
`);
  // A network without IPv6 is closed there all the same.
  expect(planNetworkChange("t", "ip6", "add", closed)).toBe(`add element ip6 t bridges { "br-1" }
add element ip6 t internal { "br-1" }
`);
});
