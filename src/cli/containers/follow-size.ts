import type { EngineClient } from "../../client/engine-client.ts";
import { onResize, standardOutput, type WindowSize, windowSize } from "../terminal/tty.ts";

/** Whose terminal it is: a container's, or that of a process beside it. */
export interface SizedTerminal {
  readonly kind: "container" | "exec";
  readonly id: string;
}

/** Keeps the terminal inside as large as the window, until disposed; nothing where there is no window. */
export function followSize(engine: EngineClient, terminal: SizedTerminal): Disposable {
  if (!windowSize(standardOutput)) return { [Symbol.dispose]() {} };
  let stopped = false;
  const follow = () => {
    const size = windowSize(standardOutput);
    if (size && !stopped) void setSize(engine, terminal, size);
  };
  const listener = onResize(follow);
  void firstSize(engine, terminal, () => stopped);
  return {
    [Symbol.dispose]() {
      stopped = true;
      listener[Symbol.dispose]();
    },
  };
}

/** An engine that has only just started the process may not know its terminal yet. */
async function firstSize(
  engine: EngineClient,
  terminal: SizedTerminal,
  stopped: () => boolean,
): Promise<void> {
  for (let attempt = 1; attempt <= 10 && !stopped(); attempt++) {
    const size = windowSize(standardOutput);
    if (!size || (await setSize(engine, terminal, size))) return;
    await Bun.sleep(attempt * 10);
  }
}

/** False when the engine refuses: the process has ended, or is not there yet. */
export async function setSize(
  engine: EngineClient,
  { kind, id }: SizedTerminal,
  { rows, columns }: WindowSize,
): Promise<boolean> {
  const options = { params: { id }, query: { h: rows, w: columns } };
  try {
    if (kind === "container") await engine.call("ContainerResize", options);
    else await engine.call("ExecResize", options);
    return true;
  } catch {
    return false;
  }
}

/** `[height, width]` as the API takes it when something with a terminal is made. */
export function consoleSize(): [height: number, width: number] {
  const size = windowSize(standardOutput);
  return size ? [size.rows, size.columns] : [0, 0];
}
