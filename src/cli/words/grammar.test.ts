import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Grammar } from "../../../tests/setup/docker-grammar.ts";
import { holdGrammar, inVain, ourGrammar, unexcepted } from "../../../tests/setup/held-grammar.ts";
import { commandTable } from "../commands/table.ts";
import { beyondDocker, extended, notBuilt, otherArguments, otherwise } from "./grammar-exceptions.ts";

/**
 * The map of the whole grammar: docker's program as its own help tells it, beside our tables.
 * What differs stands in `grammar-exceptions.ts` with its reason, and nothing stands there in vain.
 */
const path = join(import.meta.dir, "../../../tests/fixtures/docker-grammar/28.json");
const docker = JSON.parse(readFileSync(path, "utf8")) as Grammar;
const ours = await ourGrammar(commandTable);
const { missing, beyond, differences, usages } = holdGrammar(ours, docker, otherArguments);

test("every command and flag of docker's is there, or its absence has a reason", () => {
  expect({ missing: unexcepted(missing, notBuilt), inVain: inVain(missing, notBuilt) }).toEqual({
    missing: [],
    inVain: [],
  });
});

test("what docker has not got has a reason", () => {
  expect({
    beyond: unexcepted(beyond, { ...extended, ...beyondDocker }),
    inVain: inVain(beyond, beyondDocker),
  }).toEqual({
    beyond: [],
    inVain: [],
  });
});

test("short letters, types, aliases and help texts are docker's, or it is said why not", () => {
  expect({ other: unexcepted(differences, otherwise), inVain: inVain(differences, otherwise) }).toEqual({
    other: [],
    inVain: [],
  });
  expect(usages).toEqual([]);
});
