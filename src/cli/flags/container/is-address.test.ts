import { expect, test } from "bun:test";
import { isIP } from "node:net";
import { isAddress } from "./is-address.ts";

test.each([
  ...["1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "a.b.c.d", ""],
  ...[
    "::",
    "::1",
    "1::",
    "fe80::1%eth0",
    "fe80::1%",
    "2001:db8::ff00:42:8329",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
  ],
  ...[
    "1:2:3:4:5:6:7:8:9",
    "::1::2",
    ":::",
    "12345::",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
    "g::",
    "1.2.3.4::",
  ],
  ...[":1", "1:", "::1.2.3", "1.2.3.4.", "bad"],
])("isAddress(%j) is what node says", (text) => {
  expect(isAddress(text)).toBe(isIP(text) !== 0);
});
