import { nearest } from "../../lib/nearest.ts";
import { withoutLeadingTabs } from "./heredoc.ts";
import type { Heredoc, Instruction, Onbuild } from "./instruction.ts";
import { readFrom } from "./instructions/from.ts";
import { readHealthcheck } from "./instructions/healthcheck.ts";
import { readArg, readEnv, readLabel } from "./instructions/pairs.ts";
import { readRun } from "./instructions/run.ts";
import {
  readCommandLine,
  readExpose,
  readMaintainer,
  readShell,
  readStopsignal,
  readUser,
  readVolume,
  readWorkdir,
} from "./instructions/simple.ts";
import { readAdd, readCopy } from "./instructions/transfer.ts";
import { cutStatement, failure, originalOf, type Statement, statementRange, wordRange } from "./statement.ts";

const readers: Readonly<Record<Instruction["name"], (statement: Statement) => Instruction>> = {
  ADD: readAdd,
  ARG: readArg,
  CMD: (statement) => readCommandLine(statement, "CMD"),
  COPY: readCopy,
  ENTRYPOINT: (statement) => readCommandLine(statement, "ENTRYPOINT"),
  ENV: readEnv,
  EXPOSE: readExpose,
  FROM: readFrom,
  HEALTHCHECK: readHealthcheck,
  LABEL: readLabel,
  MAINTAINER: readMaintainer,
  ONBUILD: readOnbuild,
  RUN: readRun,
  SHELL: readShell,
  STOPSIGNAL: readStopsignal,
  USER: readUser,
  VOLUME: readVolume,
  WORKDIR: readWorkdir,
};

const isKnown = (name: string): name is Instruction["name"] => Object.hasOwn(readers, name);

export function readInstruction(statement: Statement): Instruction {
  const name = statement.keyword.text.toUpperCase();
  if (isKnown(name)) return readers[name](statement);
  const near = nearest(name, Object.keys(readers));
  const question = near === undefined ? "" : ` (did you mean ${near}?)`;
  throw failure(
    statement,
    `unknown instruction: ${statement.keyword.text}${question}`,
    wordRange(statement, statement.keyword),
    near,
  );
}

/** The trigger is read now, to find its mistakes, and again where it is carried out. */
function readOnbuild(statement: Statement): Onbuild {
  if (statement.flags.length > 0) {
    throw failure(statement, `unknown flag: ${statement.flags[0]?.text.split("=")[0]}`);
  }
  if (statement.rest.text === "") throw failure(statement, "ONBUILD requires at least one argument");
  const inner: Statement = {
    ...statement,
    ...cutStatement(statement.line, statement.rest.at, statement.escape),
  };
  const name = inner.keyword.text.toUpperCase();
  if (name === "ONBUILD") throw failure(statement, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (name === "MAINTAINER" || name === "FROM") {
    throw failure(statement, `${name} isn't allowed as an ONBUILD trigger`);
  }
  readInstruction({ ...inner, heredocs: statement.heredocs.map(withoutTabs) });
  const parts = statement.heredocs.map(({ name, content }) => `\n${content}${name}`);
  return {
    name: "ONBUILD",
    range: statementRange(statement),
    original: originalOf(statement),
    trigger: [statement.line.text.slice(statement.rest.at), ...parts].join(""),
  };
}

export const withoutTabs = (heredoc: Heredoc): Heredoc =>
  heredoc.chomp ? { ...heredoc, content: withoutLeadingTabs(heredoc.content) } : heredoc;
