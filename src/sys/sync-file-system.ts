import { internal } from "../errors/engine-error.ts";
import { runCommand } from "./spawn.ts";

/**
 * Waits until all that was written to the file system of `path` is on its disk. One call for
 * thousands of files, where syncing each takes minutes. By a program, because syncfs(2) can take
 * seconds, and an engine must not stand still for them.
 */
export async function syncFileSystem(path: string): Promise<void> {
  const { code, stderr } = await runCommand(["sync", "-f", path], { timeoutMs: 600_000 });
  if (code !== 0) throw internal(`sync "${path}": ${stderr.trim() || `exit code ${code}`}`);
}
