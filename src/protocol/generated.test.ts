import { expect, test } from "bun:test";
import { join } from "node:path";
import { generate } from "../../tools/generate-protocol.ts";

test("the generated files are what the generator makes of the API file", async () => {
  for (const [name, content] of Object.entries(await generate())) {
    const stored = await Bun.file(join(import.meta.dir, "generated", name)).text();
    expect(stored === content, `${name} is out of date: run "npm run generate"`).toBe(true);
  }
}, 60_000);
