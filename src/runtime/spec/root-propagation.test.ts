import { expect, test } from "bun:test";
import { rootfsPropagation } from "./mounts.ts";

test("rootfsPropagation() follows the widest mount", () => {
  const of = (...words: string[]) =>
    rootfsPropagation(
      words.map((word) => ({ destination: "/d", type: "bind", source: "/s", options: [word] })),
    );
  expect(of("rprivate")).toBeUndefined();
  expect(of("rprivate", "rslave")).toBe("rslave");
  expect(of("rslave", "shared")).toBe("shared");
});
