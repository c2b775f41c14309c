import { expect, test } from "bun:test";
import { type PublishedRule, planPublished, planShared, sharedChain } from "./plan-published.ts";

const rule: PublishedRule = {
  protocol: "tcp",
  hostIp: "0.0.0.0",
  hostPort: 80,
  containerIp: "172.17.0.2",
  containerPort: 8080,
};

test("planPublished fills the maps of its family", () => {
  const rules: PublishedRule[] = [
    rule,
    { ...rule, protocol: "udp", hostIp: "127.0.0.1" },
    { ...rule, hostIp: "::", containerIp: "fd00::2" },
    { ...rule, hostIp: "fd00:9::1", containerIp: "fd00::2" },
  ];
  expect(
    planPublished("t", "ip", rules),
  ).toBe(`add element ip t published_on_any { tcp . 80 : 172.17.0.2 . 8080 }
add element ip t published_on_one { 127.0.0.1 . udp . 80 : 172.17.0.2 . 8080 }
`);
  expect(
    planPublished("t", "ip6", rules),
  ).toBe(`add element ip6 t published_on_any { tcp . 80 : fd00::2 . 8080 }
add element ip6 t published_on_one { fd00:9::1 . tcp . 80 : fd00::2 . 8080 }
`);
});

test("a shared port has a chain that deals connections out in turn, and none without a container", () => {
  const one = { ...rule, shared: true };
  const two = { ...one, containerIp: "172.17.0.3", containerPort: 80 };
  const text = `add chain ip t shared_tcp_any_80
flush chain ip t shared_tcp_any_80
add rule ip t shared_tcp_any_80 meta l4proto tcp dnat ip to numgen inc mod 2 map { 0 : 172.17.0.2 . 8080, 1 : 172.17.0.3 . 80 }
add element ip t shared_on_any { tcp . 80 : goto shared_tcp_any_80 }
`;
  expect(planPublished("t", "ip", [one, two])).toBe(text);
  expect(planShared("t", one, [one, two])).toBe(text);
  expect(
    planShared("t", one, []),
  ).toBe(`delete element ip t shared_on_any { tcp . 80 : goto shared_tcp_any_80 }
flush chain ip t shared_tcp_any_80
delete chain ip t shared_tcp_any_80
`);
});

test("chains of shared ports are told apart by address", () => {
  expect(sharedChain({ ...rule, hostIp: "::1" })).toBe("shared_tcp___1_80");
  expect(sharedChain({ ...rule, hostIp: "127.0.0.1", protocol: "udp" })).toBe("shared_udp_127.0.0.1_80");
});
