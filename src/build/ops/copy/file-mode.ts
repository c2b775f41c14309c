import { invalidArgument } from "../../../errors/engine-error.ts";

/** What `--chmod` makes of a mode; directories matter for `X`. */
export type ChangeMode = (mode: number, isDirectory: boolean) => number;

const setUid = 0o4000;
const setGid = 0o2000;
const sticky = 0o1000;

/** Octal (`755`, `04755`), or symbolic as of chmod(1): `u=rwX,go=rX`, `+x`, `g=u`. */
export function parseFileMode(text: string): ChangeMode {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    if (mode <= 0o7777) return () => mode;
  }
  const clauses = text.split(",").map((clause) => parseClause(clause, text));
  return (mode, isDirectory) => clauses.reduce((now, change) => change(now, isDirectory), mode);
}

function parseClause(clause: string, whole: string): ChangeMode {
  const found = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
  if (!found)
    throw invalidArgument(
      `invalid chmod parameter: '${whole}'. it should be octal string or a mode like u=rwX,go=rX`,
    );
  const who = found[1] === "" || found[1]?.includes("a") ? "ugo" : (found[1] ?? "");
  const actions = [...(found[2] ?? "").matchAll(/([-+=])([rwxXst]*|[ugo])/g)];
  return (mode, isDirectory) =>
    actions.reduce((now, [, sign = "", what = ""]) => apply(now, isDirectory, who, sign, what), mode);
}

const shifts: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

function apply(mode: number, isDirectory: boolean, who: string, sign: string, what: string): number {
  let bits = 0;
  let all = 0;
  for (const one of who) {
    const shift = shifts[one] ?? 0;
    all |= 0o7 << shift;
    bits |= permissions(mode, isDirectory, what) << shift;
    if (what.includes("s") && one === "u") bits |= setUid;
    if (what.includes("s") && one === "g") bits |= setGid;
    if (one === "u") all |= setUid;
    if (one === "g") all |= setGid;
  }
  if (what.includes("t")) bits |= sticky;
  if (sign === "+") return mode | bits;
  if (sign === "-") return mode & ~bits;
  // Set-id bits of directories stay unless they are named, as chmod does it.
  const keep = isDirectory && !what.includes("s") ? mode & (setUid | setGid) : 0;
  return (mode & ~all) | bits | keep;
}

function permissions(mode: number, isDirectory: boolean, what: string): number {
  const shift = what.length === 1 ? shifts[what] : undefined;
  if (shift !== undefined) return (mode >> shift) & 0o7;
  const runs = isDirectory || (mode & 0o111) !== 0;
  return (
    (what.includes("r") ? 4 : 0) |
    (what.includes("w") ? 2 : 0) |
    (what.includes("x") || (what.includes("X") && runs) ? 1 : 0)
  );
}
