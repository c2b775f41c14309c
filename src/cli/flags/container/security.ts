import { readFileSync } from "node:fs";
import { invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { capabilityNames } from "../../../lib/capability-names.ts";
import { compactJson } from "../../../lib/compact-json.ts";
import { booleanFlag, type FlagValues, listFlag } from "../flag.ts";
import { cut } from "./csv-fields.ts";
import { reasonOf } from "./environment.ts";

export const securityFlags = {
  "cap-add": listFlag("Add Linux capabilities"),
  "cap-drop": listFlag("Drop Linux capabilities"),
  "group-add": listFlag("Add additional groups to join"),
  privileged: booleanFlag("Give extended privileges to this container"),
  "read-only": booleanFlag("Mount the container's root filesystem as read only"),
  "security-opt": listFlag("Security Options"),
};

export function securityOf(values: FlagValues<typeof securityFlags>) {
  const options = values["security-opt"].map(parseOption);
  const kept = options.filter((option) => option !== systemPaths);
  const open = kept.length < options.length;
  return {
    CapAdd: capabilities(values["cap-add"]),
    CapDrop: capabilities(values["cap-drop"]),
    GroupAdd: values["group-add"].length > 0 ? [...values["group-add"]] : null,
    Privileged: values.privileged,
    ReadonlyRootfs: values["read-only"],
    SecurityOpt: options.length > 0 ? kept : null,
    MaskedPaths: open ? [] : null,
    ReadonlyPaths: open ? [] : null,
  };
}

const systemPaths = "systempaths=unconfined";

/** Null for none. */
const capabilities = (list: readonly string[]): string[] | null =>
  list.length === 0 ? null : capabilityNames(list);

/** A seccomp profile is a file of the client: its text is sent. */
function parseOption(option: string): string {
  const bare = "no-new-privileges";
  let [key, value] = cut(option, "=");
  if (value === undefined && key !== bare) [key, value] = cut(option, ":");
  if (!value && key !== bare) throw invalidArgument(`Invalid --security-opt: ${JSON.stringify(option)}`);
  if (key !== "seccomp" || value === undefined || value === "unconfined" || value === "builtin")
    return option;
  let text: string;
  try {
    text = readFileSync(value, "utf8");
  } catch (error) {
    throw invalidArgument(
      `opening seccomp profile (${value}) failed: open ${value}: ${reasonOf(error)}`,
      error,
    );
  }
  return `seccomp=${compacted(text, value)}`;
}

function compacted(text: string, path: string): string {
  try {
    return compactJson(text);
  } catch (error) {
    const first = text.trimStart()[0] ?? "";
    const why = /[[{"\d\-tfn]/.test(first)
      ? messageOf(error)
      : first === ""
        ? "unexpected end of JSON input"
        : `invalid character '${first}' looking for beginning of value`;
    throw invalidArgument(`compacting json for seccomp profile (${path}) failed: ${why}`, error);
  }
}
