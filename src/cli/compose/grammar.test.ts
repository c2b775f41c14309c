import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Grammar } from "../../../tests/setup/docker-grammar.ts";
import { holdGrammar, inVain, ourGrammar, unexcepted } from "../../../tests/setup/held-grammar.ts";
import { commandTable } from "../commands/table.ts";
import { beyondCompose, notBuilt, otherArguments, otherSummaries, otherwise } from "./grammar-exceptions.ts";

/**
 * Docker Compose 2.40's own help, every page of it, beside our tables. What differs stands in
 * `grammar-exceptions.ts` with its reason, and nothing stands there in vain.
 */
const path = join(import.meta.dir, "../../../tests/fixtures/docker-grammar/compose-2.40.json");
const docker = JSON.parse(readFileSync(path, "utf8")) as Grammar;
const { compose } = commandTable;
if (!compose) throw new Error("there is no word compose");
const ours = await ourGrammar({ compose });
const { missing, beyond, differences, usages } = holdGrammar(ours, docker, otherArguments);

test("every command and flag of Docker Compose's is there, or its absence has a reason", () => {
  expect({ missing: unexcepted(missing, notBuilt), inVain: inVain(missing, notBuilt) }).toEqual({
    missing: [],
    inVain: [],
  });
});

test("what Docker Compose has not got has a reason", () => {
  expect({ beyond: unexcepted(beyond, beyondCompose), inVain: inVain(beyond, beyondCompose) }).toEqual({
    beyond: [],
    inVain: [],
  });
});

test("letters, types, defaults and texts are Docker Compose's, or it is said why not", () => {
  expect({ other: unexcepted(differences, otherwise), inVain: inVain(differences, otherwise) }).toEqual({
    other: [],
    inVain: [],
  });
  expect(usages).toEqual([]);
});

test("summaries are Docker Compose's", () => {
  const other = Object.keys(docker).filter(
    (command) => ours[command] && ours[command].summary !== docker[command]?.summary,
  );
  expect({ other: unexcepted(other, otherSummaries), inVain: inVain(other, otherSummaries) }).toEqual({
    other: [],
    inVain: [],
  });
});
