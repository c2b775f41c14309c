import type { ComposeContext } from "../../compose/compose-context.ts";
import type { Terminal } from "../command.ts";
import type { Session } from "../session.ts";
import { lazyImageWork } from "./image-work/lazy-image-work.ts";
import type { ComposeProgress } from "./progress/open-progress.ts";
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
