import { readFileSync } from "node:fs";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { errnoCodeOf } from "../../../sys/files.ts";
import { closeFd, openFileInRoot } from "../../../sys/rooted-path.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The numbers behind `--user name[:group]`, looked up in the container's own passwd and group files. */
export function ownerOf(root: number, user: string): Owner {
  const [name = "", group] = user.split(":", 2);
  const known = userNamed(root, name || "0");
  if (!known) throw invalidArgument(`unable to find user ${name}: no matching entries in passwd file`);
  if (!group) return known;
  const gid = numberOf(group) ?? lines(root, "/etc/group").find(([line]) => line === group)?.[2];
  if (gid === undefined)
    throw invalidArgument(`unable to find group ${group}: no matching entries in group file`);
  return { uid: known.uid, gid: Number(gid) };
}

function userNamed(root: number, name: string): Owner | undefined {
  const entry = lines(root, "/etc/passwd").find((fields) => fields[0] === name || fields[2] === name);
  const uid = numberOf(entry?.[2] ?? name);
  return uid === undefined ? undefined : { uid, gid: numberOf(entry?.[3] ?? "0") ?? 0 };
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function lines(root: number, path: string): string[][] {
  let file: number;
  try {
    file = openFileInRoot(root, path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoCodeOf(error) ?? "")) return [];
    throw error;
  }
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.split(":"));
  } finally {
    closeFd(file);
  }
}
