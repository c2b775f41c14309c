import { docs, edited, type Finding, keywordOf, type Rule, type Subject, textOf } from "./rule.ts";

export const stageNameCasing: Rule = {
  name: "StageNameCasing",
  detail: "Stage names should be lowercase",
  url: docs("stage-name-casing"),
  *find(subject) {
    for (const { from } of subject.dockerfile.stages) {
      if (from.as === undefined || from.as === from.as.toLowerCase()) continue;
      yield {
        message: `Stage name '${from.as}' should be lowercase`,
        range: from.range,
        at: from,
        rewrite: textOf(subject, from).replace(/\S+\s*$/, from.as.toLowerCase()),
      };
    }
  },
};

export const fromAsCasing: Rule = {
  name: "FromAsCasing",
  detail: "The 'as' keyword should match the case of the 'from' keyword",
  url: docs("from-as-casing"),
  *find(subject) {
    for (const { from } of subject.dockerfile.stages) {
      const keyword = keywordOf(subject, from);
      const as = from.as === undefined ? undefined : /\s(as)\s+\S+\s*$/i.exec(from.original)?.[1];
      if (as === undefined || !isOfOneCase(keyword)) continue;
      const wanted = isLower(keyword) ? as.toLowerCase() : as.toUpperCase();
      if (as === wanted) continue;
      yield {
        message: `'${as}' and '${keyword}' keywords' casing do not match`,
        range: from.range,
        at: from,
        rewrite: edited(subject, from, new RegExp(`\\b${as}(?=\\s+\\S+\\s*$)`), wanted),
      };
    }
  },
};

export const consistentInstructionCasing: Rule = {
  name: "ConsistentInstructionCasing",
  detail: "All commands within the Dockerfile should use the same casing (either upper or lower)",
  url: docs("consistent-instruction-casing"),
  find: findCasing,
};

/** The majority is right; of equal numbers the capitals. */
function* findCasing(subject: Subject): Generator<Finding> {
  const instructions = subject.dockerfile.stages.flatMap((stage) => [stage.from, ...stage.instructions]);
  const keywords = instructions.map((at) => ({ at, keyword: keywordOf(subject, at) }));
  const plain = keywords.filter(({ keyword }) => isOfOneCase(keyword));
  const lower = plain.filter(({ keyword }) => isLower(keyword)).length;
  const wantsLower = lower > plain.length - lower;
  for (const { at, keyword } of keywords) {
    const wanted = wantsLower ? keyword.toLowerCase() : keyword.toUpperCase();
    if (keyword === wanted) continue;
    const casing = wantsLower ? "lowercase" : "uppercase";
    yield {
      message: `Command '${keyword}' should match the case of the command majority (${casing})`,
      range: at.range,
      at,
      rewrite: edited(subject, at, keyword, wanted),
    };
  }
}

const isLower = (text: string) => text === text.toLowerCase();
const isOfOneCase = (text: string) => isLower(text) || text === text.toUpperCase();
