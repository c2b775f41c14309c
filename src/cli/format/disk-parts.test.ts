import { expect, test } from "bun:test";
import { tableOf } from "./disk-parts.ts";

test("parts in the order of df's tables, unknown ones by their name, then the sum", () => {
  const text = tableOf({
    Root: "/data",
    Total: 5_000_000,
    Parts: [
      { Name: "new-part", Size: 1 },
      { Name: "other", Size: 999_999 },
      { Name: "image-layers", Size: 4_000_000 },
    ],
  });
  expect(text.split("\n").map((line) => line.replace(/ {3,}/g, "|"))).toEqual([
    "",
    "Space on disk in /data, as du -x counts it:",
    "",
    "PART|ON DISK|BYTES",
    "Images, unpacked|4MB|4000000",
    "Everything else|1000kB|999999",
    "new-part|1B|1",
    "Total|5MB|5000000",
    "",
  ]);
});
