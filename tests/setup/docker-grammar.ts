/** The grammar of the docker program, read from its own help: every command, every flag. */
export interface GrammarFlag {
  readonly short?: string;
  /** The word after it; absent for a switch. */
  readonly type?: string;
  /** In one line, with its `(default …)`. */
  readonly help: string;
}

export interface GrammarCommand {
  readonly usage: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
  readonly flags?: Readonly<Record<string, GrammarFlag>>;
  /** Words below it; a command that has some has no flags. */
  readonly commands?: readonly string[];
}

export type Grammar = Readonly<Record<string, GrammarCommand>>;

/** Asks `program CMD --help` from `top` down. An engine would hide what it cannot do: none is asked. */
export async function readGrammar(program: string, top: readonly string[] = []): Promise<Grammar> {
  const found: Record<string, GrammarCommand> = {};
  const visit = async (path: readonly string[]): Promise<void> => {
    const command = parseHelp(await helpOf(program, path));
    found[path.join(" ")] = command;
    await Promise.all((command.commands ?? []).map((word) => visit([...path, word])));
  };
  await visit(top);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function helpOf(program: string, path: readonly string[]): Promise<string> {
  const { PATH, DOCKER_CONFIG } = process.env;
  const env = {
    ...{ PATH, HOME: "/nonexistent", DOCKER_HOST: "unix:///nonexistent.sock" },
    // Where the plugins are.
    ...(DOCKER_CONFIG !== undefined && { DOCKER_CONFIG }),
  };
  const child = Bun.spawn([program, ...path, "--help"], {
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  return await child.stdout.text();
}

export function parseHelp(text: string): GrammarCommand {
  const sections = text.split(/\n\n(?=[A-Z][A-Za-z ]*:(?:\n|$)|[^\s])/);
  const flags: Record<string, GrammarFlag> = {};
  const commands: string[] = [];
  let aliases: string[] = [];
  let summary: string | undefined;
  for (const section of sections.slice(1)) {
    const [title = "", ...lines] = section.split("\n");
    if (/^Aliases:$/.test(title)) aliases = (lines[0] ?? "").trim().split(", ");
    else if (/^(Global )?Options:$/.test(title)) Object.assign(flags, flagsOf(lines));
    else if (/Commands:$/.test(title)) {
      // A plugin's word carries a star.
      for (const line of lines) {
        const word = /^ {2}(\S+) {2,}/.exec(line)?.[1];
        if (word && !word.endsWith("*")) commands.push(word);
      }
    } else summary ??= oneLine(section);
  }
  return {
    usage: (sections[0] ?? "").replace(/^Usage: +/, "").trim(),
    summary: summary ?? "",
    ...(aliases.length > 0 && { aliases }),
    ...(Object.keys(flags).length > 0 && { flags }),
    ...(commands.length > 0 && { commands }),
  };
}

function flagsOf(lines: readonly string[]): Record<string, GrammarFlag> {
  const flags: Record<string, GrammarFlag> = {};
  let last: { short?: string; type?: string; help: string } | undefined;
  for (const line of lines) {
    const match = /^ {2}(?:-(\w), | {4})--([\w-]+)(?: (\S+))? {3,}(.*)$/.exec(line);
    if (!match) {
      if (last) last.help = oneLine(`${last.help} ${line}`);
      continue;
    }
    const [, short, name = "", type, help = ""] = match;
    last = { ...(short && { short }), ...(type && { type }), help: oneLine(help) };
    if (name !== "help") flags[name] = last;
  }
  return flags;
}

/** Where lines were broken depends on the width of a window. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A line a command, so that a change can be read. */
export function grammarText(grammar: Grammar): string {
  const lines = Object.entries(grammar).map(
    ([path, one]) => `${JSON.stringify(path)}: ${JSON.stringify(one)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

if (import.meta.main) {
  const [program = "docker", ...top] = process.argv.slice(2);
  process.stdout.write(grammarText(await readGrammar(program, top)));
}
