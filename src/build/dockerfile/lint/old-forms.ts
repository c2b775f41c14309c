import type { Env, Label } from "../instruction.ts";
import { allInstructions, docs, type Rule } from "./rule.ts";

export const maintainerDeprecated: Rule = {
  name: "MaintainerDeprecated",
  detail: "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
  url: docs("maintainer-deprecated"),
  *find({ dockerfile }) {
    for (const at of allInstructions(dockerfile)) {
      if (at.name !== "MAINTAINER") continue;
      yield {
        message: "Maintainer instruction is deprecated in favor of using label",
        range: at.range,
        at,
        rewrite: `LABEL org.opencontainers.image.authors=${quotedValue(at.author)}`,
      };
    }
  },
};

export const legacyKeyValueFormat: Rule = {
  name: "LegacyKeyValueFormat",
  detail: "Legacy key/value format with whitespace separator should not be used",
  url: docs("legacy-key-value-format"),
  *find({ dockerfile }) {
    for (const at of allInstructions(dockerfile)) {
      if ((at.name !== "ENV" && at.name !== "LABEL") || !at.pairs.some(({ legacy }) => legacy)) continue;
      yield {
        message: `"${at.name} key=value" should be used instead of legacy "${at.name} key value" format`,
        range: at.range,
        at,
        rewrite: modernForm(at),
      };
    }
  },
};

const modernForm = ({ name, pairs }: Env | Label) =>
  `${name} ${pairs.map(({ key, value }) => `${key}=${quotedValue(value)}`).join(" ")}`;

/** In quotes where there are blanks and none are there yet. */
function quotedValue(value: string): string {
  if (/^(?:[^\s"']*|"[^"]*"|'[^']*')$/.test(value)) return value;
  return `"${value.replace(/["]/g, '\\"')}"`;
}
