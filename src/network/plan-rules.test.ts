import { expect, test } from "bun:test";
import {
  editionChain,
  planNetworkChange,
  planNetworks,
  planPublished,
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
  const text = planTable("t");
  expect(text).toStartWith("add table ip t\ndelete table ip t\ntable ip t {\n");
  expect(text).toContain(`chain ${editionChain} { }`);
  expect(text).toMatchSnapshot();
});

test("planNetworks puts each network into the sets that describe it", () => {
  expect(planNetworks("t", [open, closed])).toBe(`flush set ip t bridges
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
  const added = planNetworkChange("t", "add", open);
  expect(planNetworkChange("t", "delete", open)).toBe(added.replaceAll("add element", "delete element"));
});

test("planPublished flushes and fills both maps", () => {
  const rule = {
    protocol: "tcp",
    hostIp: "0.0.0.0",
    hostPort: 80,
    containerIp: "172.17.0.2",
    containerPort: 8080,
  };
  expect(
    planPublished("t", [rule, { ...rule, protocol: "udp", hostIp: "127.0.0.1" }]),
  ).toBe(`flush map ip t published_on_any
flush map ip t published_on_one
add element ip t published_on_any { tcp . 80 : 172.17.0.2 . 8080 }
add element ip t published_on_one { 127.0.0.1 . udp . 80 : 172.17.0.2 . 8080 }
`);
});
