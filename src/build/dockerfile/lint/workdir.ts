import { docs, type Rule } from "./rule.ts";
import { baseStage, expansionOf } from "./scopes.ts";

export const workdirRelativePath: Rule = {
  name: "WorkdirRelativePath",
  detail:
    "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
  url: docs("workdir-relative-path"),
  *find({ dockerfile, globals, visits }) {
    const settled = new Set<number>();
    for (const stage of dockerfile.stages) {
      const base = baseStage(dockerfile, stage, globals);
      if (base !== undefined && settled.has(base.index)) settled.add(stage.index);
      for (const { instruction, variables } of visits.filter((visit) => visit.stage === stage)) {
        if (instruction.name !== "WORKDIR" || settled.has(stage.index)) continue;
        settled.add(stage.index);
        const path = expansionOf(instruction.path, variables, dockerfile);
        if (path === undefined || path.value.startsWith("/") || path.missing.size > 0) continue;
        yield {
          message: `Relative workdir ${JSON.stringify(path.value)} can have unexpected results if the base image changes`,
          range: instruction.range,
          at: instruction,
          rewrite: `WORKDIR /${path.value.replace(/^\.\//, "")}`,
        };
      }
    }
  },
};
