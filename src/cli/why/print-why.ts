import type { EventMessage } from "../../protocol/generated/types.ts";
import { headline } from "./explain.ts";
import { nameOf, type WhyFacts } from "./facts.ts";
import type { Finding, Suggestion } from "./finding.ts";

export interface PrintOptions {
  readonly colour: boolean;
  /** What this program was called as. */
  readonly program: string;
  /** Lines of the log to show. */
  readonly lines: number;
  /** Names of containers of which the same is true: it is said once. */
  readonly others?: readonly string[];
}

/** What the findings say, for people. */
export function printWhy(facts: WhyFacts, findings: readonly Finding[], options: PrintOptions): string {
  const paint = painter(options.colour);
  const { others = [] } = options;
  // What was looked at is that of the first.
  const [it, its] = others.length === 0 ? ["it", "its"] : [nameOf(facts), `${nameOf(facts)}'s`];
  const parts = [`${paint.bold(headline(facts, others))}\n`];
  if (findings.length === 0) parts.push("Nothing is wrong with it, as far as the engine can tell.\n");
  for (const finding of findings) parts.push(findingText(finding, paint));
  const log = facts.log?.slice(-options.lines) ?? [];
  const troubled = findings.length > 0;
  if (facts.log === undefined) parts.push("Its log cannot be read back (logging driver).\n");
  else if (troubled && log.length > 0) {
    parts.push(
      section(
        `Last lines of ${its} log`,
        log.map((line) => `${paint.dim("│")} ${printable(line)}`),
      ),
    );
  } else if (troubled && others.length === 0) parts.push("It printed nothing.\n");
  const events = eventLines(facts.events, facts.now);
  if (troubled && events.length > 0) parts.push(section(`What happened to ${it} lately`, events));
  const next = suggestions(findings, options.program);
  if (next.length > 0) parts.push(section("What to type next", next));
  return parts.join("\n");
}

type Paint = (text: string) => string;

function painter(colour: boolean): Record<"bold" | "dim" | "red" | "yellow", Paint> {
  const code = (number: number): Paint =>
    colour ? (text) => `\x1b[${number}m${text}\x1b[0m` : (text) => text;
  return { bold: code(1), dim: code(2), red: code(31), yellow: code(33) };
}

function findingText({ weight, says, details }: Finding, paint: ReturnType<typeof painter>): string {
  const mark = weight === "cause" ? paint.red("✗") : paint.yellow("•");
  return [`${mark} ${says}`, ...details.map((line) => `    ${line}`)].map((line) => `${line}\n`).join("");
}

function section(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** A log may hold anything; the terminal must survive it. */
function printable(line: string): string {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return line.replace(escapes, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

const told = /^(create|start|restart|stop|kill|die|oom|pause|unpause|destroy|rename|update|health_status.*)$/;

/** The last dozen that matter; repeated checks of health are one. */
function eventLines(events: readonly EventMessage[], now: number): string[] {
  const shown = events.filter(({ Action: action }) => told.test(action ?? ""));
  return shown.slice(-10).map(({ Action: action = "", Actor: actor, time }) => {
    const { exitCode, signal } = actor?.Attributes ?? {};
    const detail =
      action === "die" ? ` with exit code ${exitCode}` : action === "kill" ? ` with signal ${signal}` : "";
    return `${clock(time ?? 0, now)}  ${action}${detail}`;
  });
}

function clock(seconds: number, now: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const day =
    new Date(now).toDateString() === date.toDateString()
      ? ""
      : `${date.getMonth() + 1}-${two(date.getDate())} `;
  return `${day}${time}`;
}

/** Each command once, at most six. */
function suggestions(findings: readonly Finding[], program: string): string[] {
  const all = new Map<string, Suggestion>();
  for (const { next } of findings)
    for (const one of next) if (!all.has(one.command)) all.set(one.command, one);
  const shown = [...all.values()].slice(0, 6).map(({ command, purpose }) => ({
    command: command.replace(/^hull /, `${program} `),
    purpose,
  }));
  const lengths = shown.map(({ command }) => command.length).filter((length) => length <= 44);
  const width = Math.max(...lengths, 0);
  return shown.map(({ command, purpose }) =>
    command.length > width ? `${command}\n      ${purpose}` : `${command.padEnd(width)}  ${purpose}`,
  );
}
