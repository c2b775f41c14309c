import { invalidArgument } from "../../../errors/engine-error.ts";
import { readInRoot } from "../../../sys/in-root.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * `--chown=user[:group]`. A number alone is user and group; a name alone has the group that
 * /etc/passwd gives it. `root`: the image's, from which names are read.
 */
export function findOwner(text: string, root: string): Owner {
  const [user = "", group] = text.split(":", 2);
  const account = /^\d+$/.test(user) ? { uid: idOf(user), gid: idOf(user) } : accountOf(user, root);
  if (group === undefined || group === "") return account;
  return { uid: account.uid, gid: /^\d+$/.test(group) ? idOf(group) : groupOf(group, root) };
}

function idOf(text: string): number {
  const id = Number(text);
  if (id > 2 ** 32 - 2) throw invalidArgument(`invalid user or group id "${text}"`);
  return id;
}

function accountOf(name: string, root: string): Owner {
  // Every system has it, an image from scratch has no file that says so.
  if (name === "" || name === "root") return { uid: 0, gid: 0 };
  const line = linesOf(root, "/etc/passwd").find(([own]) => own === name);
  if (!line)
    throw invalidArgument(
      `unable to convert uid/gid chown string to host mapping: can't find uid for user ${name}: no such user: ${name}`,
    );
  return { uid: idOf(line[2] ?? ""), gid: idOf(line[3] ?? "") };
}

function groupOf(name: string, root: string): number {
  const line = linesOf(root, "/etc/group").find(([own]) => own === name);
  if (line) return idOf(line[2] ?? "");
  if (name === "root") return 0;
  throw invalidArgument(
    `unable to convert uid/gid chown string to host mapping: can't find gid for group ${name}: no such group: ${name}`,
  );
}

function linesOf(root: string, path: string): string[][] {
  const text = readInRoot(root, path)?.toString("utf8") ?? "";
  return text.split("\n").map((line) => line.trim().split(":"));
}
