import { expect, test } from "bun:test";
import { isIP } from "node:net";
import { ipKind } from "./ip-kind.ts";

test.each([
  ...["", "1.2.3.4", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4 ", "1.2.3."],
  ...["0x1.2.3.4", "1234", "::", "::1", "fe80::1%eth0", "fe80::1%", "1::2::3", "1:2:3:4:5:6:7:8", ":1", "1:"],
  ...[
    "1:2:3:4:5:6:7:8:9",
    "::ffff:1.2.3.4",
    "::1.2.3",
    "g::1",
    "12345::",
    "[::1]",
    "host",
    "a.b.c.d",
    "::%a b",
  ],
])("ipKind(%p) is what node says", (text) => {
  expect(ipKind(text)).toBe(isIP(text) as 0 | 4 | 6);
});
