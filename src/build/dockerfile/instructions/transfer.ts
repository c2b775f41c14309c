import { readFlags } from "../flags.ts";
import { heredocOf } from "../heredoc.ts";
import type { Add, Copy, Heredoc } from "../instruction.ts";
import { failure, originalOf, type Statement, statementRange } from "../statement.ts";
import { readList } from "./command-form.ts";

export function readCopy(statement: Statement): Copy {
  const paths = readPaths(statement, "COPY");
  const flags = readFlags(statement, {
    from: "text",
    chown: "text",
    chmod: "text",
    link: "switch",
    parents: "switch",
    exclude: "list",
  });
  return {
    name: "COPY",
    range: statementRange(statement),
    original: originalOf(statement),
    ...paths,
    ...(flags.from !== undefined && flags.from !== "" && { from: flags.from }),
    ...owners(flags),
    link: flags.link ?? false,
    parents: flags.parents ?? false,
    excludes: flags.exclude.map(({ text }) => text),
  };
}

export function readAdd(statement: Statement): Add {
  const paths = readPaths(statement, "ADD");
  const flags = readFlags(statement, {
    chown: "text",
    chmod: "text",
    link: "switch",
    "keep-git-dir": "switch",
    checksum: "text",
    unpack: "switch",
    exclude: "list",
  });
  return {
    name: "ADD",
    range: statementRange(statement),
    original: originalOf(statement),
    ...paths,
    ...owners(flags),
    link: flags.link ?? false,
    keepGitDir: flags["keep-git-dir"] ?? false,
    ...(flags.checksum !== undefined && flags.checksum !== "" && { checksum: flags.checksum }),
    ...(flags.unpack !== undefined && { unpack: flags.unpack }),
    excludes: flags.exclude.map(({ text }) => text),
  };
}

/** An empty flag counts as none. */
const owners = ({ chown, chmod }: { chown: string | undefined; chmod: string | undefined }) => ({
  ...(chown !== undefined && chown !== "" && { chown }),
  ...(chmod !== undefined && chmod !== "" && { chmod }),
});

function readPaths(
  statement: Statement,
  name: string,
): { sources: readonly string[]; heredocs: readonly Heredoc[]; destination: string } {
  const words = readList(statement);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    throw failure(
      statement,
      `${name} requires at least two arguments, but only one was provided. Destination could not be determined`,
      undefined,
      `${name} ${statement.rest.text || "source"} /destination`,
    );
  }
  if (heredocOf(destination) !== undefined) {
    throw failure(statement, `${name} cannot accept a heredoc as a destination`);
  }
  const sources: string[] = [];
  const heredocs: Heredoc[] = [];
  for (const word of words.slice(0, -1)) {
    const announced = heredocOf(word);
    if (announced === undefined) sources.push(word);
    else heredocs.push(contentOf(statement, announced.name));
  }
  return { sources, heredocs, destination };
}

function contentOf(statement: Statement, name: string): Heredoc {
  const heredoc = statement.heredocs.findLast((one) => one.name === name);
  if (heredoc === undefined) throw failure(statement, `no content for the heredoc ${JSON.stringify(name)}`);
  return heredoc;
}
