import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findDocker } from "../setup/docker-cli.ts";
import { grammarText, readGrammar } from "../setup/docker-grammar.ts";

/** The map our tables are held against is docker's own, where that very version is installed. */
const mapped = "28.2.2";
const program = findDocker();
const version = program && Bun.spawnSync([program, "--version"]).stdout.toString();
const isMapped = version?.includes(`version ${mapped},`);
const name = "the stored grammar is what docker's help says";

test.skipIf(!isMapped)(isMapped ? name : `${name} [docker ${mapped} is not installed]`, async () => {
  const path = join(import.meta.dir, "../fixtures/docker-grammar/28.json");
  expect(grammarText(await readGrammar(program ?? ""))).toBe(readFileSync(path, "utf8"));
});
