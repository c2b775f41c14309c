import { expect, test } from "bun:test";
import { announcement } from "./neighbour-announcer.ts";

test("announcement is a broadcast ARP request of the address for itself (RFC 5227)", () => {
  expect(announcement("10.0.0.2", "02:42:0a:00:00:02").toString("hex")).toBe(
    [
      "ffffffffffff" + "02420a000002" + "0806",
      "0001" + "0800" + "06" + "04" + "0001",
      "02420a000002" + "0a000002" + "000000000000" + "0a000002",
    ].join(""),
  );
});
