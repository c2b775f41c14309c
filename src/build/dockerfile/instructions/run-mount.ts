import { invalidArgument } from "../../../errors/engine-error.ts";
import { nearest } from "../../../lib/nearest.ts";
import { splitCsv } from "../csv.ts";
import type { RunMount } from "../instruction.ts";

const types = ["bind", "cache", "tmpfs", "secret", "ssh"] as const;
const sharings = ["shared", "private", "locked"] as const;

type Draft = { -readonly [Key in keyof RunMount]?: RunMount[Key] };

/**
 * `type=cache,target=/x,…` after `--mount=`. Values with a variable in them are taken as they are, and
 * looked at when `expandRunMount` reads them again.
 */
export const parseRunMount = (text: string): RunMount => readMount(text, undefined);

/** The mount with its variables put in, and checked as a whole. */
export const expandRunMount = (mount: RunMount, expand: (word: string) => string): RunMount =>
  readMount(mount.text, expand);

function readMount(text: string, expand: ((word: string) => string) | undefined): RunMount {
  const draft: Draft = {};
  let isWhole = true;
  for (const field of splitCsv(text)) {
    const equals = field.indexOf("=");
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const option = aliases[key] ?? key;
    const written = equals < 0 ? undefined : field.slice(equals + 1);
    if (option === "from" && /\$./.test(written ?? "")) {
      throw invalidArgument("'from' doesn't support variable expansion, define alias stage instead");
    }
    const isOpen = expand === undefined && (written?.includes("$") ?? false);
    const value = written === undefined || expand === undefined ? written : expand(written);
    if (isOpen) isWhole = false;
    setOption(draft, { option, key, field, value, isOpen });
  }
  const mount = { ...draft, text, type: draft.type ?? "bind" };
  if (isWhole) checkTogether(mount);
  return mount;
}

const aliases: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  rw: "readwrite",
};

interface Option {
  readonly option: string;
  /** As written, for messages. */
  readonly key: string;
  readonly field: string;
  readonly value: string | undefined;
  /** A variable is still in the value. */
  readonly isOpen: boolean;
}

function setOption(draft: Draft, given: Option): void {
  const { option, key, field, isOpen } = given;
  if (option === "readonly" || option === "readwrite" || option === "required") {
    if (isOpen) return;
    const isOn = given.value === undefined || readBoolean(key, given.value);
    if (option === "required") draft.required = isOn;
    else draft.readonly = isOn === (option === "readonly");
    return;
  }
  const { value } = given;
  if (value === undefined) {
    throw invalidArgument(`invalid field '${field}' must be a key=value pair`);
  }
  switch (option) {
    case "type":
      if (!isOpen) draft.type = oneOf(types, value, (text) => `unsupported mount type ${text}`);
      return;
    case "sharing":
      if (!isOpen) draft.sharing = oneOf(sharings, value, (text) => `unsupported sharing value ${text}`);
      return;
    case "mode":
      if (!isOpen && !/^[0-7]{1,11}$/.test(value)) throw invalidArgument(`invalid value ${value} for mode`);
      draft.mode = value;
      return;
    case "uid":
    case "gid":
      if (!isOpen && !isSmallNumber(value)) throw invalidArgument(`invalid value ${value} for ${option}`);
      draft[option] = value;
      return;
    case "size":
      if (!isOpen && !/^\d+(?:\.\d*)? ?[kmgtp]?i?b?$/i.test(value)) {
        throw invalidArgument(`invalid value for ${key}: ${value}`);
      }
      draft.size = value;
      return;
    case "from":
    case "source":
    case "target":
    case "id":
    case "env":
      draft[option] = value;
      return;
    default:
      throw unknownOption(key, field);
  }
}

const isSmallNumber = (text: string) => /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32;

function readBoolean(key: string, value: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw invalidArgument(`invalid value for ${key}: ${value}`);
}

function oneOf<T extends string>(known: readonly T[], value: string, message: (quoted: string) => string): T {
  const lower = value.toLowerCase();
  const found = known.find((name) => name === lower);
  if (found === undefined) throw invalidArgument(message(JSON.stringify(value)) + didYouMean(value, known));
  return found;
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : ` (did you mean ${near}?)`;
}

const optionNames = [
  ...["type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid"],
  ...["gid", "src", "dst", "destination", "ro", "rw", "readwrite", "env"],
];

const unknownOption = (key: string, field: string) =>
  invalidArgument(`unexpected key '${key}' in '${field}'${didYouMean(key, optionNames)}`);

/** What does not go together. */
function checkTogether(mount: RunMount): void {
  const { type } = mount;
  const isSecretOrSsh = type === "secret" || type === "ssh";
  if (mount.required !== undefined && !isSecretOrSsh) {
    throw invalidArgument(`unexpected key 'required' for mount type '${type}'`);
  }
  if (mount.size !== undefined && type !== "tmpfs") {
    throw invalidArgument(`unexpected key 'size' for mount type '${type}'`);
  }
  for (const key of ["mode", "uid", "gid"] as const) {
    if (mount[key] !== undefined && !isSecretOrSsh && type !== "cache") {
      throw invalidArgument(`${key} not allowed for "${type}" type mounts`);
    }
  }
  if (type === "secret") checkSecret(mount);
  if (mount.sharing !== undefined && type !== "cache") {
    throw invalidArgument(`invalid cache sharing set for ${type} mount`);
  }
}

function checkSecret(mount: RunMount): void {
  if (mount.from !== undefined) throw invalidArgument("secret mount should not have a from");
  if (mount.sharing !== undefined) throw invalidArgument("secret mount should not define sharing");
  if (mount.source === undefined && mount.target === undefined && mount.id === undefined) {
    throw invalidArgument("invalid secret mount. one of source, target required");
  }
  if (mount.source !== undefined && mount.id !== undefined) {
    throw invalidArgument("both source and id can't be set");
  }
}
