import { posix } from "node:path";
import { isGit, isUrl } from "../source-kinds.ts";
import { docs, type Rule } from "./rule.ts";
import { expansionOf } from "./scopes.ts";

export const copyIgnoredFile: Rule = {
  name: "CopyIgnoredFile",
  detail: "Attempting to Copy file that is excluded by .dockerignore",
  url: docs("copy-ignored-file"),
  *find({ dockerfile, facts, visits }) {
    const { ignore } = facts;
    if (ignore === undefined) return;
    for (const { instruction: at, variables } of visits) {
      if ((at.name !== "COPY" && at.name !== "ADD") || (at.name === "COPY" && at.from !== undefined))
        continue;
      for (const source of at.sources) {
        const path = expansionOf(source, variables, dockerfile);
        if (path === undefined || path.missing.size > 0 || isUrl(path.value) || isGit(path.value)) continue;
        const clean = posix.normalize(path.value).replace(/^\/+|\/+$/g, "") || ".";
        if (/[*?[\\]/.test(clean)) continue;
        const { rule } = ignore.decide(clean);
        const isGone = clean === "." || ignore.isIgnored(clean);
        if (!isGone || ignore.mayIncludeBelow(clean)) continue;
        yield {
          message: `Attempting to ${at.name === "ADD" ? "Add" : "Copy"} file ${JSON.stringify(clean)} that is excluded by .dockerignore`,
          range: at.range,
          at,
          rewrite: `# .dockerignore, below ${rule?.text ?? "its rules"}\n!${clean}`,
        };
      }
    }
  },
};
