import type { EngineClient } from "../../client/engine-client.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";

/** Resolves when the engine listens; `exit` then waits for the exit code, and tells what went wrong. */
export async function waitForExit(
  engine: EngineClient,
  id: string,
  condition: "next-exit" | "removed" | "not-running",
  terminal: Terminal,
): Promise<{ exit(): Promise<number> }> {
  const response = await engine.stream("ContainerWait", { params: { id }, query: { condition } });
  return { exit: () => exitIn(response, terminal) };
}

async function exitIn(response: Response, terminal: Terminal): Promise<number> {
  try {
    const answer = JSON.parse(await response.text()) as {
      StatusCode?: number;
      Error?: { Message?: string } | null;
    };
    if (!answer.Error) return answer.StatusCode ?? 0;
    terminal.err(`Error waiting for container: ${answer.Error.Message ?? ""}\n`);
  } catch (error) {
    terminal.err(`Error waiting for container: ${error instanceof Error ? error.message : error}\n`);
  }
  return exitCode.engineFailed;
}
