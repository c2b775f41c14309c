import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KeptContainer } from "./container-doors.ts";
import { resolverVersion, stateFileName } from "./control-protocol.ts";

interface State {
  readonly version: string;
  /** Of the resolver that wrote it. */
  readonly pid: number;
  readonly containers: readonly KeptContainer[];
}

/** What a resolver that was killed served; its successor goes on from here before an engine has told it anything. */
export function readState(execRoot: string): Pick<State, "pid" | "containers"> {
  try {
    const state = JSON.parse(readFileSync(join(execRoot, stateFileName), "utf8")) as State;
    // Of another version it may mean something else, and the engine tells all of it anyway.
    return state.version === resolverVersion ? state : { pid: state.pid, containers: [] };
  } catch {
    return { pid: 0, containers: [] };
  }
}

export function writeState(execRoot: string, containers: readonly KeptContainer[]): void {
  const path = join(execRoot, stateFileName);
  const state: State = { version: resolverVersion, pid: process.pid, containers };
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function removeState(execRoot: string): void {
  rmSync(join(execRoot, stateFileName), { force: true });
}
