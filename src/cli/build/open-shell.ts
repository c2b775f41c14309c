import { rawMode } from "../terminal/raw-mode.ts";
import { readInput } from "../terminal/read-input.ts";
import { onResize, standardOutput, windowSize } from "../terminal/tty.ts";
import { writeOut } from "../terminal/write-out.ts";
import type { BuildSession } from "./build-session.ts";

/** Joins this terminal with a shell in the step that failed, until it ends. */
export async function openShell(session: BuildSession, signal: AbortSignal): Promise<void> {
  const size = windowSize();
  const shell = await session.hijack("shell", size ? { h: size.rows, w: size.columns } : {}, signal);
  using _raw = rawMode();
  using _resize = onResize(() => {
    const now = windowSize();
    if (now) session.resizeShell(now.rows, now.columns).catch(() => {});
  });
  const typed = async () => {
    for await (const bytes of readInput()) await shell.write(bytes);
    shell.closeWrite();
  };
  typed().catch(() => {});
  for await (const bytes of shell.input) writeOut(standardOutput, bytes);
  shell.close();
}
