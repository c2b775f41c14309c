import { expect, test } from "bun:test";
import { humanDuration } from "./human-duration.ts";

test("humanDuration() rounds as the docker program does", () => {
  const hour = 3600;
  const day = 24 * hour;
  const spans: [number, string][] = [
    [0, "Less than a second"],
    [1.999, "1 second"],
    [59, "59 seconds"],
    [90, "About a minute"],
    [59 * 60, "59 minutes"],
    [hour, "About an hour"],
    [hour * 1.5, "2 hours"],
    [hour * 47, "47 hours"],
    [hour * 48, "2 days"],
    [day * 13, "13 days"],
    [day * 14, "2 weeks"],
    [day * 59, "8 weeks"],
    [day * 60, "2 months"],
    [day * 729, "24 months"],
    [day * 730, "2 years"],
  ];
  for (const [span, text] of spans) expect(humanDuration(span)).toBe(text);
});
