import { docs, type Rule } from "./rule.ts";

export const duplicateStageName: Rule = {
  name: "DuplicateStageName",
  detail: "Stage names should be unique",
  url: docs("duplicate-stage-name"),
  *find({ dockerfile }) {
    const seen = new Set<string>();
    for (const { from, name } of dockerfile.stages) {
      if (name === undefined) continue;
      if (seen.has(name)) {
        yield {
          message: `Duplicate stage name ${JSON.stringify(name)}, stage names should be unique`,
          range: from.range,
          at: from,
          rewrite: `${from.original}-2`,
        };
      }
      seen.add(name);
    }
  },
};

export const reservedStageName: Rule = {
  name: "ReservedStageName",
  detail: "Reserved words should not be used as stage names",
  url: docs("reserved-stage-name"),
  *find({ dockerfile }) {
    for (const { from, name } of dockerfile.stages) {
      if (name !== "scratch" && name !== "context") continue;
      yield {
        message: `Stage name should not use the same name as reserved stage ${JSON.stringify(name)}`,
        range: from.range,
        at: from,
        rewrite: `${from.original}-stage`,
      };
    }
  },
};
