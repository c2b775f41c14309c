import type { ComposeContext } from "../../compose/compose-context.ts";
import type { Terminal } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import type { Session } from "../session.ts";
import { lazyImageWork } from "./image-work/lazy-image-work.ts";
import { type ComposeProgress, openProgress } from "./progress/open-progress.ts";
import type { ComposeSettings } from "./settings.ts";

export interface ContextWish {
  readonly settings: ComposeSettings;
  readonly progress: ComposeProgress;
  readonly signal: AbortSignal;
}

/** What a deed on a project needs: the engine, the way to images, and somebody to tell. */
export async function openContext(
  terminal: Terminal,
  session: Session,
  { settings, progress, signal }: ContextWish,
): Promise<ComposeContext> {
  const engine = await session.engine();
  return {
    engine,
    report: progress.report,
    signal,
    parallel: settings.parallel,
    images: lazyImageWork({ engine, terminal, session, progress, signal }),
    warn: (sentence) => progress.say(`WARN: ${sentence}\n`),
  };
}

/** The usual frame of a deed: shown while it goes on, and ended in good order by Ctrl-C. */
export async function withContext(
  terminal: Terminal,
  session: Session,
  wish: { readonly title: string; readonly settings: ComposeSettings },
  work: (context: ComposeContext, progress: ComposeProgress) => Promise<number>,
): Promise<number> {
  const { title, settings } = wish;
  return await interruptible(async (signal) => {
    using progress = openProgress(terminal, session, { title, dryRun: settings.dryRun });
    const context = await openContext(terminal, session, { settings, progress, signal });
    return await work(context, progress);
  });
}
