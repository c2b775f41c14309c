import { expect, test } from "bun:test";
import { join } from "node:path";
import { generate } from "../../../tools/generate-compose-schema.ts";

test("the generated validator is what the generator makes of the schema", async () => {
  for (const [name, content] of Object.entries(await generate())) {
    const stored = await Bun.file(join(import.meta.dir, "generated", name)).text();
    expect(stored === content, `${name} is out of date: run "npm run generate"`).toBe(true);
  }
}, 60_000);
