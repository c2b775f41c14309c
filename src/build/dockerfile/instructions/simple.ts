import { readFlags } from "../flags.ts";
import type {
  CommandLine,
  Expose,
  Maintainer,
  Shell,
  Stopsignal,
  User,
  Volume,
  Workdir,
} from "../instruction.ts";
import { failure, originalOf, type Statement, statementRange, wordRange } from "../statement.ts";
import { blankWords } from "../words.ts";
import { readCommand, readJson, readList } from "./command-form.ts";

const common = (statement: Statement) => ({
  range: statementRange(statement),
  original: originalOf(statement),
});

/** Instructions whose argument is the rest of the line. */
function oneArgument(statement: Statement, name: string): string {
  readFlags(statement, {});
  if (statement.rest.text === "") throw failure(statement, `${name} requires exactly one argument`);
  return statement.rest.text;
}

export const readWorkdir = (statement: Statement): Workdir => ({
  name: "WORKDIR",
  path: oneArgument(statement, "WORKDIR"),
  ...common(statement),
});

export const readUser = (statement: Statement): User => ({
  name: "USER",
  user: oneArgument(statement, "USER"),
  ...common(statement),
});

export const readStopsignal = (statement: Statement): Stopsignal => ({
  name: "STOPSIGNAL",
  signal: oneArgument(statement, "STOPSIGNAL"),
  ...common(statement),
});

export const readMaintainer = (statement: Statement): Maintainer => ({
  name: "MAINTAINER",
  author: oneArgument(statement, "MAINTAINER"),
  ...common(statement),
});

export function readVolume(statement: Statement): Volume {
  readFlags(statement, {});
  const paths = readList(statement).map((path) => path.trim());
  if (paths.length === 0) throw failure(statement, "VOLUME requires at least one argument");
  if (paths.includes("")) throw failure(statement, "VOLUME specified can not be an empty string");
  return { name: "VOLUME", paths, ...common(statement) };
}

/** Sorted, as Docker keeps them. */
export function readExpose(statement: Statement): Expose {
  readFlags(statement, {});
  const ports = blankWords(statement.rest.text).map(({ text }) => text);
  if (ports.length === 0) throw failure(statement, "EXPOSE requires at least one argument");
  return { name: "EXPOSE", ports: ports.sort(), ...common(statement) };
}

export function readCommandLine(statement: Statement, name: CommandLine["name"]): CommandLine {
  readFlags(statement, {});
  return { name, command: readCommand(statement, statement.rest), ...common(statement) };
}

export function readShell(statement: Statement): Shell {
  readFlags(statement, {});
  const words = readJson(statement, statement.rest);
  if (words?.length === 0 || statement.rest.text === "") {
    throw failure(statement, "SHELL requires at least one argument");
  }
  if (words === undefined) {
    const meant = blankWords(statement.rest.text).map(({ text }) => JSON.stringify(text));
    throw failure(
      statement,
      "SHELL requires the arguments to be in JSON form",
      wordRange(statement, statement.rest),
      `SHELL [${meant.join(", ")}]`,
    );
  }
  return { name: "SHELL", words, ...common(statement) };
}
