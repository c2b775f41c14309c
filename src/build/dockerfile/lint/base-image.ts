import { nearest } from "../../../lib/nearest.ts";
import { parseReference } from "../../../oci/reference.ts";
import { docs, edited, type Finding, type Rule, type Subject } from "./rule.ts";
import { expansionOf, globalScope } from "./scopes.ts";

export const undefinedArgInFrom: Rule = {
  name: "UndefinedArgInFrom",
  detail: "FROM command must use declared ARGs",
  url: docs("undefined-arg-in-from"),
  find: findUndefined,
};

function* findUndefined(subject: Subject): Generator<Finding> {
  const { dockerfile, globals } = subject;
  const declared = dockerfile.globalArgs.flatMap(({ args }) => args.map(({ key }) => key));
  const known = new Set([...globals.keys(), ...declared]);
  for (const { from } of dockerfile.stages) {
    const words = [from.image, ...(from.platform === undefined ? [] : [from.platform])];
    const names = words.flatMap((word) => [...(expansionOf(word, globals, dockerfile)?.missing ?? [])]);
    for (const name of new Set(names)) {
      if (known.has(name)) continue;
      const near = nearest(name, [...known]);
      yield {
        message: `FROM argument '${name}' is not declared${near === undefined ? "" : ` (did you mean ${near}?)`}`,
        range: from.range,
        at: from,
        rewrite:
          near === undefined
            ? `ARG ${name}=<default>\n${from.original}`
            : edited(subject, from, new RegExp(`(?<=\\$\\{?)${name}\\b`), near),
      };
    }
  }
}

export const invalidDefaultArgInFrom: Rule = {
  name: "InvalidDefaultArgInFrom",
  detail: "Default value for global ARG results in an empty or invalid base image name",
  url: docs("invalid-default-arg-in-from"),
  *find({ dockerfile, facts }) {
    const { platform } = facts;
    const defaults = globalScope(dockerfile, platform === undefined ? {} : { platform });
    for (const { from } of dockerfile.stages) {
      const image = expansionOf(from.image, defaults, dockerfile)?.value;
      if (image === undefined || isReference(image)) continue;
      const [, name = "NAME"] = /\$\{?(\w+)/.exec(from.image) ?? [];
      yield {
        message: `Default value for ARG ${from.image} results in empty or invalid base image name`,
        range: from.range,
        at: from,
        rewrite: `ARG ${name}=<default>\n${from.original}`,
      };
    }
  },
};

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}
