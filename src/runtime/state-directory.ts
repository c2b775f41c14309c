import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RuntimeSpec } from "../oci/runtime-spec.ts";
import type { RuntimeBinary } from "./oci-cli.ts";

/** What the engine must know of a task to take it over from a dead one. */
export interface TaskFacts {
  readonly runtime: RuntimeBinary;
  readonly cgroup: string;
  readonly terminal: boolean;
}

/** Far longer than a shim needs from its birth to its socket. */
const launchMs = 1000;

/**
 * `<exec-root>/containers/<id>/`: bundle, shim's directory and working directory of the
 * runtime in one; execs in `exec/<exec id>/` below. A directory that lacks `task.json`
 * was never started.
 */
export class StateDirectories {
  readonly #root: string;

  constructor(execRoot: string) {
    this.#root = join(execRoot, "containers");
  }

  of(id: string): string {
    return join(this.#root, id);
  }

  ofExec(id: string, exec: string): string {
    return join(this.#root, id, "exec", exec);
  }

  list(): string[] {
    return existsSync(this.#root) ? readdirSync(this.#root) : [];
  }

  /** An empty directory; what an earlier run of the id left is gone. */
  fresh(directory: string): void {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  writeFacts(id: string, facts: TaskFacts): void {
    writeFileSync(join(this.of(id), "task.json"), JSON.stringify(facts), { mode: 0o600 });
  }

  facts(id: string): TaskFacts | undefined {
    return readJson(join(this.of(id), "task.json"));
  }

  spec(id: string): RuntimeSpec | undefined {
    return readJson(join(this.of(id), "config.json"));
  }

  /** The shim's config was written within the last second, and it is yet to be heard of. */
  justLaunched(id: string): boolean {
    const age = Date.now() - (statSync(join(this.of(id), "config"), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return age < launchMs;
  }

  /** Also while a shim that is about to end writes its last file into it: on a busy machine that takes a while. */
  async remove(directory: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await rm(directory, { recursive: true, force: true });
      } catch (error) {
        const filledMeanwhile = error instanceof Error && "code" in error && error.code === "ENOTEMPTY";
        if (!filledMeanwhile || tries === 200) throw error;
        await Bun.sleep(10);
      }
    }
  }
}

/** Files of our own making; a torn one counts as none. */
function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** The shim's pid, when that is still it: its command line names the directory. */
export function shimPid(directory: string, commandLine: (pid: number) => string[]): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, "shim.pid"), "utf8"));
    return pid > 0 && commandLine(pid).includes(directory) ? pid : undefined;
  } catch {
    return undefined;
  }
}
