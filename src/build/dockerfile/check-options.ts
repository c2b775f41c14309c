import { invalidArgument } from "../../errors/engine-error.ts";
import type { Directives } from "./dockerfile.ts";

const booleans: Readonly<Record<string, boolean>> = {
  "1": true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  "0": false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

/** `skip=A,B;error=true;experimental=C`, in a directive or the argument BUILDKIT_DOCKERFILE_CHECK. */
export function parseCheckOptions(text: string): Directives["check"] {
  let skip: readonly string[] = [];
  let experimental: readonly string[] = [];
  let error = false;
  for (const part of text.split(";")) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    if (equals < 0) throw invalidArgument(`invalid check option ${JSON.stringify(part)}`);
    const name = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (name === "skip") skip = names(value);
    else if (name === "experimental") experimental = names(value);
    else if (name === "error") {
      const given = booleans[value];
      if (given === undefined) throw invalidArgument(`failed to parse check option ${JSON.stringify(part)}`);
      error = given;
    } else throw invalidArgument(`invalid check option ${JSON.stringify(name)}`);
  }
  return { skip, experimental, error };
}

const names = (text: string) => text.split(",").map((name) => name.trim());
