import type { CommandTable } from "../command.ts";
import type { FlagCompletion, FlagSet } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { canonicalName } from "../words/spellings.ts";
import { type Answer, type Candidate, choices, directive, files, nothing } from "./candidates.ts";
import { knownArguments, knownFlagValues } from "./known-values.ts";
import type { LinePosition } from "./line-position.ts";
import { completionOf } from "./live-names.ts";

/** What may stand at this place of the line; only what begins as the word does. */
export async function complete(position: LinePosition, session: Session): Promise<Answer> {
  const { candidates, directive } = await everything(position, session);
  const fitting = candidates.filter(({ value }) => value.startsWith(position.word));
  return { candidates: fitting, directive: directive | endless(fitting) };
}

async function everything(position: LinePosition, session: Session): Promise<Answer> {
  const { flag, flags, mayBeFlag, word, among, command } = position;
  if (flag) return await flagValue(position, flag[0], flag[1].complete, session);
  if (mayBeFlag && word.startsWith("-")) return choices(flagNames(flags, word));
  const words = among ? commandNames(among) : [];
  if (!command) return choices([...words, ...(await pluginNames(position, session))]);
  const own = await argument(position, session);
  return words.length === 0 ? own : { ...own, candidates: [...words, ...own.candidates] };
}

/** `type=` wants more to be typed. */
function endless(candidates: readonly Candidate[]): number {
  const open = candidates.length > 0 && candidates.every(({ value }) => /[=:]$/.test(value));
  return open ? directive.noSpace : 0;
}

async function flagValue(
  { path }: LinePosition,
  name: string,
  own: FlagCompletion | undefined,
  session: Session,
): Promise<Answer> {
  const kind = own ?? knownFlagValues(path, name);
  if (kind !== undefined) return await completionOf(kind, session);
  if (name === "env") return choices(Object.keys(session.env).sort());
  return nothing;
}

function flagNames(flags: FlagSet, word: string): Candidate[] {
  const shown = Object.entries({ ...flags, help: { help: "Print usage" } as FlagSet[string] })
    .filter(([, flag]) => !flag.hidden && flag.deprecated === undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return shown.flatMap(([name, { help, short }]) => {
    const about = help.split("\n")[0] ?? "";
    const letter = short && !word.startsWith("--") ? [{ value: `-${short}`, about }] : [];
    return [...letter, { value: `--${name}`, about }];
  });
}

function commandNames(among: CommandTable): Candidate[] {
  const shown = Object.entries(among).filter(([, entry]) => !entry.hidden);
  return shown
    .map(([value, { summary }]) => ({ value, about: summary }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

async function pluginNames({ path, before }: LinePosition, session: Session): Promise<Candidate[]> {
  if (path.length > 0 || before.length > 0) return [];
  const { findPlugins } = await import("../plugins/find-plugins.ts");
  const found = [...(await findPlugins(session)).keys()];
  return found
    .filter((name) => /^[a-z][a-z0-9]*$/.test(name) && !session.isCommand(name))
    .map((value) => ({ value, about: "plugin" }));
}

/** Names that were given already are not offered again. */
async function argument({ path, before, command }: LinePosition, session: Session): Promise<Answer> {
  if (command && before.length >= command.arguments[1]) return nothing;
  const kinds = command?.complete ?? knownArguments(canonicalName(path));
  const kind = kinds?.[Math.min(before.length, kinds.length - 1)];
  // Behind IMAGE of run stands a command of the container's own: files are as good a guess as any.
  if (command?.interspersed === false && before.length > 0) return files;
  if (kind === undefined) return command && command.arguments[1] === 0 ? nothing : files;
  const answer = await completionOf(kind, session);
  return { ...answer, candidates: answer.candidates.filter(({ value }) => !before.includes(value)) };
}
