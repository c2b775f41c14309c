import { invalidArgument } from "../../errors/engine-error.ts";
import type { SpecUser } from "../../oci/runtime-spec.ts";

/** The text of /etc/passwd and /etc/group in the container's root; empty when missing. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

export interface ResolvedUser extends SpecUser {
  readonly home: string;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const highest = 2 ** 31 - 1;

/** `user`, `uid`, `user:group`, `uid:gid` and the mixed forms, with `--group-add`. */
export function resolveUser(wish: string, groupAdd: readonly string[], files: AccountFiles): ResolvedUser {
  const [userWish = "", groupWish = ""] = wish.split(":", 2);
  const accounts = parsePasswd(files.passwd);
  const groups = parseGroup(files.group);

  const userNumber = numberOf(userWish);
  const account = accounts.find(({ name, uid }) =>
    userWish === "" ? uid === 0 : name === userWish || uid === userNumber,
  );
  if (!account && userWish !== "" && userNumber === undefined) {
    throw invalidArgument(`unable to find user ${userWish}: no matching entries in passwd file`);
  }
  const uid = inRange(account?.uid ?? userNumber ?? 0);

  let gid = account?.gid ?? 0;
  let memberOf: number[] = [];
  if (groupWish !== "") {
    const found = findGroup(groups, groupWish);
    if (found === undefined) {
      throw invalidArgument(`unable to find group ${groupWish}: no matching entries in group file`);
    }
    gid = found;
  } else if (account) {
    memberOf = groups.filter(({ members }) => members.includes(account.name)).map((group) => group.gid);
  }

  const added = groupAdd.map((name) => {
    const found = findGroup(groups, name);
    if (found === undefined)
      throw invalidArgument(`Unable to find group ${name}: no matching entries in group file`);
    return found;
  });
  const additionalGids = [...new Set([inRange(gid), ...memberOf, ...added])];
  return { uid, gid, additionalGids, home: account?.home || "/" };
}

/** A name in the file, else a number; a number never seen in the file is as good. */
function findGroup(groups: readonly Group[], wish: string): number | undefined {
  const number = numberOf(wish);
  const found = groups.find(({ name, gid }) => name === wish || gid === number);
  const gid = found?.gid ?? number;
  return gid === undefined ? undefined : inRange(gid);
}

const numberOf = (text: string) => (/^-?\d+$/.test(text) ? Number(text) : undefined);

function inRange(id: number): number {
  if (id < 0 || id > highest) throw invalidArgument(`uids and gids must be in range 0-${highest}`);
  return id;
}

function parsePasswd(text: string): Account[] {
  return linesOf(text).map(([name = "", , uid = "", gid = "", , home = ""]) => ({
    name,
    uid: Number(uid) || 0,
    gid: Number(gid) || 0,
    home,
  }));
}

function parseGroup(text: string): Group[] {
  return linesOf(text).map(([name = "", , gid = "", members = ""]) => ({
    name,
    gid: Number(gid) || 0,
    members: members.split(",").filter((member) => member !== ""),
  }));
}

function linesOf(text: string): string[][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));
}
