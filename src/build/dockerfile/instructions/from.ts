import { readFlags } from "../flags.ts";
import type { From } from "../instruction.ts";
import { failure, originalOf, restRange, type Statement, statementRange } from "../statement.ts";
import { blankWords } from "../words.ts";

const stageName = /^[a-z][a-z0-9\-_.]*$/;

/** `[--platform=…] image [AS name]` */
export function readFrom(statement: Statement): From {
  const [image, as, name, ...others] = blankWords(statement.rest.text);
  const isNamed = as?.text.toLowerCase() === "as" && name !== undefined;
  if (image === undefined || others.length > 0 || (as !== undefined && !isNamed)) {
    throw failure(statement, "FROM requires either one or three arguments", undefined, "FROM image AS name");
  }
  if (name !== undefined && !stageName.test(name.text.toLowerCase())) {
    throw failure(
      statement,
      `invalid name for build stage: ${JSON.stringify(name.text)}, name can't start with a number or contain symbols`,
      restRange(statement, name),
    );
  }
  const { platform } = readFlags(statement, { platform: "text" });
  return {
    name: "FROM",
    range: statementRange(statement),
    original: originalOf(statement),
    image: image.text,
    ...(platform !== undefined && { platform }),
    ...(name !== undefined && { as: name.text }),
  };
}
