import type { CommandEntry, CommandTable } from "../command.ts";
import { commandHelp, groupHelp, type HelpStyle, sectionText } from "../help/help.ts";
import { helpStyle, overviewText } from "../help/show-help.ts";
import type { Session } from "../session.ts";
import { findCommand } from "../words/find-command.ts";
import { spellings } from "../words/spellings.ts";
import { manualOf } from "./manual-of.ts";
import { examplesText, paragraphs } from "./page.ts";
import { topics } from "./table.ts";

/** What `help WORDS` shows: a command's page, a topic, or both when both have the name. */
export async function helpText(
  words: readonly string[],
  table: CommandTable,
  session: Session,
): Promise<string | undefined> {
  const style = helpStyle(session);
  if (words.length === 0) return (await overviewText(table, session)) + topicList(style);
  const pages = [await commandPage(words, table, style), await topicPage(words, style)];
  const found = pages.filter((page) => page !== undefined);
  return found.length === 0 ? undefined : found.join("\n");
}

function topicList(style: HelpStyle): string {
  const rows = Object.entries(topics).map(([name, { summary }]) => [name, summary] as const);
  const column = Math.max(...rows.map(([name]) => name.length), 11) + 1;
  return sectionText(`Topics (${style.program} help TOPIC)`, rows, column, style);
}

async function topicPage(words: readonly string[], style: HelpStyle): Promise<string | undefined> {
  const [name = ""] = words;
  const topic = words.length === 1 && Object.hasOwn(topics, name) ? topics[name] : undefined;
  if (!topic) return undefined;
  const title = style.paint(`${name}: ${topic.summary}`, "bold");
  return `${title}\n\n${paragraphs(await topic.load(), style)}\n`;
}

async function commandPage(
  words: readonly string[],
  table: CommandTable,
  style: HelpStyle,
): Promise<string | undefined> {
  const found = findCommand(words, table);
  if (found.kind === "unknown" || found.args.length > 0) return undefined;
  const { entry, path } = found;
  if (entry.load) return await loadedPage(entry, path, table, style);
  return groupHelp(entry, path, (await entry.options?.()) ?? {}, style);
}

async function loadedPage(
  entry: CommandEntry,
  path: readonly string[],
  table: CommandTable,
  style: HelpStyle,
): Promise<string> {
  const command = await entry.load?.();
  if (!command) throw new Error(`${path.join(" ")} has no code`);
  const manual = command.manual ?? (await manualOf(path));
  const about = manual && paragraphs(manual.about, style);
  const details = [about, command.details].filter((part) => part !== undefined).join("\n\n");
  const whole = { ...command, ...(details !== "" && { details }) };
  const head = commandHelp(entry.summary, whole, path, spellings(path, table), style);
  return manual ? `${head}${examplesText(manual, style)}` : head;
}
