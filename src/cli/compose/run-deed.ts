import type { ComposeContext } from "../../compose/compose-context.ts";
import type { Project } from "../../compose/model/project.ts";
import type { Terminal } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Session } from "../session.ts";
import { Interrupts, interrupted } from "./interrupts.ts";
import { openContext } from "./open-context.ts";
import { openProgress } from "./progress/open-progress.ts";
import { SwitchedProgress } from "./progress/switched-progress.ts";
import { type ComposeSettings, composeSettings } from "./settings.ts";

export interface Deed {
  readonly context: ComposeContext;
  readonly progress: SwitchedProgress;
  readonly settings: ComposeSettings;
  readonly interrupts: Interrupts;
  /** From now on a second Ctrl-C is for the work to deal with; before, it ends the program. */
  takeForce(): void;
}

export interface DeedWish {
  /** What is being done, as the head of the display: `Running`, `Stopping`. */
  readonly title: string;
  /** The command's own `--dry-run`. */
  readonly dryRun: boolean;
  /** What the project's `.env` says stands behind the shell. */
  readonly project?: Project | undefined;
  /** Nothing of it is shown. */
  readonly quiet?: boolean;
  /** Questions are answered with yes. */
  readonly assumeYes?: boolean;
}

/** COMPOSE_* variables may also stand in the `.env` of a project. */
export function settingsWith(
  session: Session,
  project: Project | undefined,
  dryRun: boolean,
): ComposeSettings {
  return composeSettings({ ...session, env: { ...project?.environment, ...session.env } }, dryRun);
}

/**
 * Something that is done to a project and shown: Ctrl-C ends it in good order, a second one at once. The
 * answer is an exit code.
 */
export async function runDeed(
  terminal: Terminal,
  session: Session,
  { title, dryRun, project, quiet = false, assumeYes = false }: DeedWish,
  work: (deed: Deed) => Promise<number>,
): Promise<number> {
  const asked = settingsWith(session, project, dryRun);
  const settings: ComposeSettings = quiet ? { ...asked, progress: "quiet" } : asked;
  using progress = new SwitchedProgress(
    openProgress(terminal, session, { title, dryRun: settings.dryRun, settings }),
  );
  using interrupts = new Interrupts();
  let forced = (): void => {
    progress[Symbol.dispose]();
    process.exit(interrupted);
  };
  interrupts.force.addEventListener("abort", () => forced());
  const takeForce = () => {
    forced = () => {};
  };
  const ask = async (question: string) => {
    using _ = progress.pause();
    return assumeYes || (await confirm(question, terminal));
  };
  try {
    const { signal } = interrupts;
    const opened = await openContext(terminal, session, { settings, progress, signal, project });
    const context: ComposeContext = { ...opened, confirm: opened.confirm ?? ask };
    const code = await work({ context, progress, settings, interrupts, takeForce });
    return interrupts.signal.aborted ? interrupted : code;
  } catch (error) {
    if (interrupts.signal.aborted) return interrupted;
    throw error;
  }
}
