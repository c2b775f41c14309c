import type { ProjectOptions } from "../../compose/load/project-options.ts";
import type { Terminal } from "../command.ts";
import type { Session } from "../session.ts";
import { composeGroup } from "./group-flags.ts";

/** What the command line and the shell say of the project. */
export function projectOptions(terminal: Terminal, session: Session): ProjectOptions {
  const group = composeGroup(session);
  return {
    files: group.file,
    projectDirectory: group["project-directory"],
    projectName: group["project-name"],
    envFiles: group["env-file"],
    profiles: group.profile,
    env: session.env,
    workingDirectory: process.cwd(),
    readStdin: () => Bun.stdin.text(),
    warn: (sentence) => terminal.err(`WARN: ${sentence}\n`),
  };
}
