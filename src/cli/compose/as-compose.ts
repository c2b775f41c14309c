import type { Command, CommandTable } from "../command.ts";
import { exitCode, exitCodeOf } from "../exit-code.ts";
import { UsageError } from "../flags/parse.ts";
import type { Session } from "../session.ts";

/** What holds for every word of `compose`, whoever wrote it. */
export function asCompose(table: CommandTable): CommandTable {
  const entries = Object.entries(table).map(([word, entry]) => {
    const { load } = entry;
    return [word, load ? { ...entry, load: async () => composeWord(await load()) } : entry] as const;
  });
  return Object.fromEntries(entries);
}

/** A mistake in the line ends with 1, where it is 125 for commands of docker itself; JSON is JSON to the end. */
function composeWord(command: Command): Command {
  return {
    ...command,
    usageExitCode: command.usageExitCode ?? exitCode.failed,
    async run(parsed, terminal, session) {
      try {
        return await command.run(parsed, terminal, session);
      } catch (error) {
        if (error instanceof UsageError || !(await wantsJson(session))) throw error;
        const { failureMessage } = await import("../words/usage-messages.ts");
        terminal.err(`${JSON.stringify({ error: true, message: failureMessage(error).trimEnd() })}\n`);
        return exitCodeOf(error);
      }
    },
  };
}

async function wantsJson(session: Session): Promise<boolean> {
  const { composeSettings } = await import("./settings.ts");
  try {
    return composeSettings(session).progress === "json";
  } catch {
    // The setting itself is the mistake.
    return false;
  }
}
