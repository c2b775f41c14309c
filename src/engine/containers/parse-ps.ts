import { internal, invalidArgument } from "../../errors/engine-error.ts";

/** What `docker top` shows of a `ps` run on the host. */
export interface ProcessList {
  readonly titles: string[];
  readonly processes: string[][];
}

/** A column may not call itself PID when it is something else: pids are how processes are told apart. */
export function checkPsArgs(args: string): void {
  for (const [, column, title] of ` ${args}`.matchAll(/\s+(\S*)=\s*(PID\S*)/g)) {
    if (column !== "pid") throw invalidArgument(`specifying "${column}=${title}" is not allowed`);
  }
}

/**
 * Keeps the lines of processes in `pids`, and the thread lines (`-` for a pid, of `ps m`)
 * that follow them. What hangs over the last title belongs to the last column.
 */
export function parsePs(output: string, pids: ReadonlySet<number>): ProcessList {
  const [head = "", ...lines] = output.split("\n");
  const titles = fieldsOf(head);
  const pidColumn = titles.indexOf("PID");
  if (pidColumn < 0) throw internal("Couldn't find PID field in ps output");
  const processes: string[][] = [];
  let isOurs = false;
  for (const line of lines) {
    const fields = fieldsOf(line);
    const pid = fields[pidColumn];
    if (pid === undefined) continue;
    if (pid !== "-") {
      if (!/^\d+$/.test(pid)) throw internal(`Unexpected pid '${pid}'`);
      isOurs = pids.has(Number(pid));
    }
    if (isOurs) processes.push(fitted(fields, titles.length));
  }
  return { titles, processes };
}

/** Blanks of ASCII only: command lines may hold others. */
const fieldsOf = (line: string) => line.split(/[\t\f\r ]+/).filter((field) => field !== "");

function fitted(fields: readonly string[], width: number): string[] {
  return [...fields.slice(0, width - 1), fields.slice(width - 1).join(" ")];
}
