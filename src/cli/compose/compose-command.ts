import { type Command, command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { booleanFlag, type FlagSet } from "../flags/flag.ts";

/** The group's `--dry-run` may stand behind the command as well. */
export const dryRunFlag = { "dry-run": booleanFlag("Execute command in dry run mode") };

/** A mistake in the line of a Compose command ends with 1; for commands of docker itself it is 125. */
export function composeCommand<const S extends FlagSet>(definition: Command<S>): Command {
  return command({ usageExitCode: exitCode.failed, ...definition });
}
