import type { Terminal } from "../command.ts";
import { isTerminal, standardOutput, windowSize } from "../terminal/tty.ts";

/** Through the user's pager when a person looks at a screen that is too small for it; else as it is. */
export async function showPaged(text: string, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  const rows = windowSize(standardOutput)?.rows ?? Number.POSITIVE_INFINITY;
  const pager = env.HULL_PAGER ?? env.PAGER ?? "less";
  const fits = text.split("\n").length <= rows;
  const paged = !fits && pager !== "" && pager !== "cat" && isTerminal(standardOutput);
  if (!paged || !(await shownBy(pager, text, env))) terminal.out(text);
}

/** False when there is no such program. It gets the terminal; Ctrl-C is its business meanwhile. */
async function shownBy(pager: string, text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    const child = Bun.spawn(["/bin/sh", "-c", pager], {
      stdin: Buffer.from(text),
      stdout: "inherit",
      stderr: "inherit",
      // less: leave short texts on the screen, show colours.
      env: { ...env, LESS: env.LESS ?? "FRX" },
    });
    return (await child.exited) !== 127;
  } catch {
    return false;
  } finally {
    process.off("SIGINT", ignore);
  }
}
