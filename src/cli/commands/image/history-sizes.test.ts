import { expect, test } from "bun:test";
import { historyWithSizes } from "./history-sizes.ts";

test("historyWithSizes: size, share and sum of each step", () => {
  const text = historyWithSizes(
    [
      { Size: 0, CreatedBy: '/bin/sh -c #(nop) CMD ["sh"]' },
      { Size: 3_000_000, CreatedBy: "RUN make # buildkit" },
      { Size: 1_000_000, CreatedBy: "base" },
    ],
    false,
  );
  expect(text.split("\n").map((line) => line.replace(/ {2,}/g, "|"))).toEqual([
    "SIZE|SHARE|UP TO HERE|CREATED BY",
    '0B|0%|··········|4MB|CMD ["sh"]',
    "3MB|75%|████████··|4MB|RUN make",
    "1MB|25%|███·······|1MB|base",
    "",
    "4MB in all",
    "",
  ]);
});
