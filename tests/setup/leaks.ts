import { Database } from "bun:sqlite";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

/** Whose traces are looked for: everything an engine makes carries one of these. */
export interface Traces {
  /** Temporary folder with data root, exec root and socket. */
  readonly directory: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly bridge: string;
  readonly cgroupParent: string;
  readonly pid: number | undefined;
}

/** What an engine has on the machine, as sorted lines by kind; two of them can be compared. */
export type Footprint = Readonly<Record<string, readonly string[]>>;

const idPattern = /[0-9a-f]{64}/;

export function footprint(traces: Traces): Footprint {
  return {
    mounts: mounts(traces.directory),
    links: links(traces.bridge),
    "firewall rules": firewall(traces.bridge),
    cgroups: cgroups(traces.cgroupParent),
    processes: processes(traces),
    files: files(traces),
    rows: rows(traces.dataRoot),
    "open files": openFiles(traces.pid),
  };
}

/** What is there now and was not before, one line each. Less than before is no leak. */
export function grown(before: Footprint, after: Footprint): string[] {
  const found: string[] = [];
  for (const [kind, lines] of Object.entries(after)) {
    const old = [...(before[kind] ?? [])];
    for (const line of lines) {
      const at = old.indexOf(line);
      if (at >= 0) old.splice(at, 1);
      else found.push(`${kind}: ${line}`);
    }
  }
  return found;
}

/** Background cleanup may take a moment: waits until nothing is left over, or fails naming it. */
export async function assertNothingGrown(
  before: Footprint,
  traces: Traces,
  milliseconds = 10_000,
): Promise<void> {
  let last: string[] = [];
  try {
    await until(
      "everything cleaned up",
      () => {
        last = grown(before, footprint(traces));
        return last.length === 0;
      },
      milliseconds,
    );
  } catch {
    throw new Error(`left behind:\n  ${last.join("\n  ")}`);
  }
}

function mounts(directory: string): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(directory))
    .sort();
}

/** Links on our bridge, and links on no bridge at all (a veth that lost its way). */
function links(bridge: string): string[] {
  const found = JSON.parse(run(["ip", "-json", "link", "show"]) || "[]") as {
    ifname: string;
    master?: string;
    linkinfo?: unknown;
  }[];
  return found
    .filter((link) => link.ifname === bridge || link.master === bridge)
    .map((link) => link.ifname)
    .sort();
}

function firewall(bridge: string): string[] {
  return run(["nft", "list", "ruleset"])
    .split("\n")
    .map((line) => line.trim().replace(/counter packets \d+ bytes \d+/g, "counter"))
    .filter((line) => line.includes(bridge))
    .sort();
}

function cgroups(parent: string): string[] {
  const found = new Set<string>();
  for (const root of [
    "/sys/fs/cgroup",
    ...subfolders("/sys/fs/cgroup").map((name) => `/sys/fs/cgroup/${name}`),
  ]) {
    const folder = join(root, parent);
    for (const name of subfolders(folder)) found.add(join(folder, name));
  }
  return [...found].sort();
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** Processes that name our folder on their command line or live in our cgroups. */
function processes(traces: Traces): string[] {
  const found: string[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === traces.pid || Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const groups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
      const executable = readlinkOrEmpty(`/proc/${pid}/exe`);
      const ours = [command, executable].some((text) => text.includes(traces.directory));
      if (ours || groups.includes(`${traces.cgroupParent}/`)) found.push(`${pid} ${command}`);
    } catch {
      // ended while we looked
    }
  }
  return found.sort();
}

function readlinkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Files and folders named by a container or layer id, three levels deep. */
function files(traces: Traces): string[] {
  const found: string[] = [];
  const walk = (folder: string, depth: number) => {
    if (depth > 3 || !existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (idPattern.test(entry.name)) found.push(path.slice(traces.directory.length));
      else if (entry.isDirectory()) walk(path, depth + 1);
    }
  };
  walk(traces.dataRoot, 0);
  walk(traces.execRoot, 0);
  return found.sort();
}

/** One line per table and row count: a row too many shows as another count. */
function rows(dataRoot: string): string[] {
  const found: string[] = [];
  for (const name of existsSync(dataRoot) ? readdirSync(dataRoot) : []) {
    if (!/\.(db|sqlite)$/.test(name)) continue;
    const database = new Database(join(dataRoot, name), { readonly: true });
    try {
      const tables = database.query("select name from sqlite_master where type = 'table'").all() as {
        name: string;
      }[];
      for (const table of tables) {
        const count = database.query(`select count(*) as n from "${table.name}"`).get() as { n: number };
        for (let index = 0; index < count.n; index++) found.push(`${table.name} row ${index + 1}`);
      }
    } finally {
      database.close();
    }
  }
  return found;
}

/** What the engine has open, without numbers that change from one to the next. */
function openFiles(pid: number | undefined): string[] {
  if (pid === undefined) return [];
  const found: string[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      found.push(
        readlinkOrEmpty(`/proc/${pid}/fd/${fd}`)
          .replace(/\[\d+\]/, "")
          .replace(/\d+ \(deleted\)/, "(deleted)"),
      );
    }
  } catch {
    // the engine has ended
  }
  return found.filter((target) => target !== "").sort();
}

function run(command: string[]): string {
  try {
    return Bun.spawnSync(command, { stdout: "pipe", stderr: "ignore" }).stdout.toString();
  } catch {
    return "";
  }
}
