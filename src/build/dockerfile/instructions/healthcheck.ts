import { parseDuration } from "../../../lib/duration.ts";
import { type FlagValues, flagFailure, readFlags } from "../flags.ts";
import type { HealthcheckInstruction } from "../instruction.ts";
import { failure, originalOf, type Statement, statementRange, wordRange } from "../statement.ts";
import { readCommand } from "./command-form.ts";

const kinds = {
  interval: "text",
  timeout: "text",
  "start-period": "text",
  "start-interval": "text",
  retries: "text",
} as const;

/** `NONE`, or `[--interval=… …] CMD command`. */
export function readHealthcheck(statement: Statement): HealthcheckInstruction {
  const common = {
    name: "HEALTHCHECK",
    range: statementRange(statement),
    original: originalOf(statement),
  } as const;
  const [, type = "", blank = "", command = ""] = /^(\S+)(\s*)(.*)$/s.exec(statement.rest.text) ?? [];
  if (type === "") throw failure(statement, "HEALTHCHECK requires at least one argument");
  const flags = readFlags(statement, kinds);
  if (type.toUpperCase() === "NONE") {
    if (command !== "") throw failure(statement, "HEALTHCHECK NONE takes no arguments");
    return common;
  }
  if (type.toUpperCase() !== "CMD") {
    throw failure(
      statement,
      `Unknown type ${JSON.stringify(type.toUpperCase())} in HEALTHCHECK (try CMD)`,
      wordRange(statement, { text: type, at: statement.rest.at }),
      "CMD",
    );
  }
  const at = statement.rest.at + type.length + blank.length;
  const form = readCommand(statement, { text: command, at });
  if (form.form === "exec" ? form.words.length === 0 : form.line === "") {
    throw failure(statement, "Missing command after HEALTHCHECK CMD");
  }
  checkValues(statement, flags);
  return { ...common, check: { command: form, ...given(flags) } };
}

function given(
  flags: FlagValues<typeof kinds>,
): Omit<NonNullable<HealthcheckInstruction["check"]>, "command"> {
  return {
    ...(flags.interval !== undefined && { interval: flags.interval }),
    ...(flags.timeout !== undefined && { timeout: flags.timeout }),
    ...(flags["start-period"] !== undefined && { startPeriod: flags["start-period"] }),
    ...(flags["start-interval"] !== undefined && { startInterval: flags["start-interval"] }),
    ...(flags.retries !== undefined && { retries: flags.retries }),
  };
}

function checkValues(statement: Statement, flags: FlagValues<typeof kinds>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || value === "") continue;
    const reason = name === "retries" ? retriesFault(value) : pauseFault(name, value);
    if (reason === undefined) continue;
    const flag = statement.flags.find((one) => one.text.startsWith(`--${name}=`));
    throw flag === undefined ? failure(statement, reason) : flagFailure(statement, flag, reason);
  }
}

function retriesFault(value: string): string | undefined {
  if (!/^[-+]?\d+$/.test(value)) {
    return `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`;
  }
  if (Math.abs(Number(value)) >= 2 ** 31) {
    return `strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`;
  }
  return Number(value) < 0 ? `--retries cannot be negative (${Number(value)})` : undefined;
}

function pauseFault(name: string, value: string): string | undefined {
  const nanos = parseDuration(value);
  if (nanos === undefined) {
    const isBare = /^[-+]?\d+(?:\.\d*)?$/.test(value);
    return `time: ${isBare ? "missing unit in" : "invalid"} duration ${JSON.stringify(value)}`;
  }
  if (nanos !== 0 && nanos < 1_000_000) {
    return `Interval ${JSON.stringify(name)} cannot be less than 1ms`;
  }
  return undefined;
}
