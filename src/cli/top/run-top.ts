import { invalidArgument } from "../../errors/engine-error.ts";
import { exitCode } from "../exit-code.ts";
import { requireTerminal, runFullScreen } from "../full-screen/full-screen.ts";
import { interruptible } from "../interruptible.ts";
import type { Session } from "../session.ts";
import { mayColour, painter } from "../terminal/colours.ts";
import { TopScreen } from "./screen.ts";
import { openShell } from "./shell.ts";
import { TopWatch } from "./watch.ts";

/** Seconds between two looks; faster costs the engine more than it shows. */
const leastInterval = 0.5;

/** `hull top` without a container: all of them, live. */
export function runTop(session: Session, interval: number): Promise<number> {
  if (!(interval >= leastInterval))
    throw invalidArgument(`the interval must be at least ${leastInterval} seconds`);
  requireTerminal("top without a container");
  return interruptible(async (signal) => {
    const engine = await session.engine();
    const over = new AbortController();
    signal.addEventListener("abort", () => over.abort());
    let redraw = () => {};
    const watch = new TopWatch(engine, {
      interval: interval * 1000,
      signal: over.signal,
      news: () => redraw(),
    });
    try {
      await watch.start();
      const screen = runFullScreen((again) => {
        redraw = again;
        const shell = (id: string, name: string) => openShell(engine, id, name);
        const paint = painter(mayColour(session.env));
        return new TopScreen({ engine, watch, paint, program: session.program, shell }, again);
      }, over.signal);
      // Only a mistake in the program ends the watch by itself.
      const { promise: never } = Promise.withResolvers<never>();
      await Promise.race([screen, watch.run().then(() => never)]);
      return exitCode.ok;
    } finally {
      over.abort();
    }
  });
}
