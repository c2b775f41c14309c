import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { corpusConfig, corpusProject, corpusRefusal } from "../../../../tests/setup/compose-config.ts";
import {
  type CorpusFacts,
  corpusCases,
  corpusLists,
  corpusMistakes,
  expectedFile,
  problemsFile,
  refusalsFile,
} from "../../../../tests/setup/compose-corpus.ts";
import { serviceHash } from "../../../compose/hash/config-hash.ts";
import { projectLists } from "../../compose/config/lists.ts";

// Standard input is the process's own: those cases are in tests/clients/compose-config.test.ts.
const cases = corpusCases().filter(({ stdin }) => stdin === undefined);

describe.each(cases.map((asked) => [asked.name, asked] as const))("compose file %s", (name, asked) => {
  test("prints as Docker Compose's YAML", async () => {
    expect(await corpusConfig(asked, asked.flags)).toBe(readFileSync(expectedFile(name, "yaml"), "utf8"));
  });

  test("prints as Docker Compose's JSON", async () => {
    const printed = await corpusConfig(asked, [...asked.flags, "--format", "json"]);
    expect(printed).toBe(readFileSync(expectedFile(name, "json"), "utf8"));
  });

  test("has Docker Compose's lists and hashes", async () => {
    const facts = JSON.parse(readFileSync(expectedFile(name, "facts.json"), "utf8")) as CorpusFacts;
    // Without expansion there is a tree, but no project.
    if (asked.flags.includes("--no-interpolate")) {
      const names = (await corpusConfig(asked, ["--no-interpolate", "--services"]))
        .split("\n")
        .filter(Boolean);
      expect(names.sort()).toEqual([...(facts.services ?? [])]);
      return;
    }
    const project = await corpusProject(asked);
    if (facts.hashes) {
      const services = Object.values(project.services);
      const hashes = services.map((service) => `${service.name} ${serviceHash(service, project)}`);
      expect(hashes.sort()).toEqual([...facts.hashes]);
    }
    for (const word of corpusLists) {
      const expected = facts[word];
      if (word === "variables" || !expected) continue;
      const printed = projectLists[word](project).flatMap((line) => line.split("\n"));
      expect([word, ...printed.sort()]).toEqual([word, ...expected]);
    }
  });

  test("speaks of the same variables", async () => {
    const facts = JSON.parse(readFileSync(expectedFile(name, "facts.json"), "utf8")) as CorpusFacts;
    if (!facts.variables) return;
    const printed = (await corpusConfig(asked, ["--variables"])).split("\n").filter(Boolean);
    // A variable that is spoken of twice has either's default in Docker Compose, by chance.
    expect(printed.map(firstWord).sort()).toEqual(facts.variables.map(firstWord).sort());
  });
});

const firstWord = (line: string) => line.split(/\s/)[0];

const problems = JSON.parse(readFileSync(problemsFile, "utf8")) as Record<string, readonly string[]>;
const refusals = JSON.parse(readFileSync(refusalsFile, "utf8")) as Record<string, string | null>;

const mistakes = corpusMistakes();

test.each(mistakes.map((asked) => [asked.name, asked] as const))(
  "mistake %s is refused, and the message says where and what",
  async (name, asked) => {
    expect(refusals[name]).toBeString();
    expect(await corpusRefusal(asked)).toEqual([...(problems[name] ?? [])]);
  },
);
