import { readFileSync } from "node:fs";

export interface MountInfo {
  readonly id: number;
  readonly parent: number;
  readonly root: string;
  readonly mountpoint: string;
  readonly options: readonly string[];
  /** `shared:1`, `master:2`, … */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

export function readMounts(pid: number | "self" = "self"): MountInfo[] {
  return parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8"));
}

export function parseMountInfo(text: string): MountInfo[] {
  const mounts: MountInfo[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    if (dash < 0) continue;
    const plain = (index: number) => unescapeField(fields[index] ?? "");
    mounts.push({
      id: Number(fields[0]),
      parent: Number(fields[1]),
      root: plain(3),
      mountpoint: plain(4),
      options: plain(5).split(","),
      propagation: fields.slice(6, dash),
      type: plain(dash + 1),
      source: plain(dash + 2),
      superOptions: plain(dash + 3).split(","),
    });
  }
  return mounts;
}

/** The kernel writes space, tab, newline, backslash and # as octal. */
function unescapeField(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
