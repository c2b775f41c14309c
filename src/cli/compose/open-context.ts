import type { ComposeContext } from "../../compose/compose-context.ts";
import type { Report } from "../../compose/task.ts";
import type { Terminal } from "../command.ts";
import type { Session } from "../session.ts";
import { lazyImageWork } from "./image-work/lazy-image-work.ts";
import type { ComposeSettings } from "./settings.ts";

export interface ContextWish {
  readonly settings: ComposeSettings;
  /** The progress tree, or whatever stands in its place. */
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** What a deed on a project needs: the engine, the way to images, and somebody to tell. */
export async function openContext(
  terminal: Terminal,
  session: Session,
  { settings, report, signal }: ContextWish,
): Promise<ComposeContext> {
  const engine = await session.engine();
  return {
    engine,
    report,
    signal,
    parallel: settings.parallel,
    images: lazyImageWork({ engine, terminal, session, settings, report, signal }),
    warn: (sentence) => terminal.err(`WARN: ${sentence}\n`),
  };
}
