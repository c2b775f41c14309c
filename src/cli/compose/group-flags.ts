import { invalidArgument } from "../../errors/engine-error.ts";
import { booleanFlag, type FlagValues, integerFlag, listFlag, stringFlag } from "../flags/flag.ts";
import { parseFlags } from "../flags/parse.ts";
import type { Session } from "../session.ts";

/** Flags between `compose` and its command, as Docker Compose has them. */
export const composeGroupFlags = {
  "all-resources": booleanFlag("Include all resources, even those not used by services"),
  ansi: stringFlag('Control when to print ANSI control characters ("never"|"always"|"auto")', {
    initial: "auto",
    complete: ["never", "always", "auto"],
  }),
  compatibility: booleanFlag("Run compose in backward compatibility mode"),
  "dry-run": booleanFlag("Execute command in dry run mode"),
  "env-file": listFlag("Specify an alternate environment file", {
    placeholder: "stringArray",
    complete: "files",
  }),
  file: listFlag("Compose configuration files", {
    short: "f",
    placeholder: "stringArray",
    complete: "files",
  }),
  "no-ansi": booleanFlag("Do not print ANSI control characters (DEPRECATED)", {
    hidden: true,
    deprecated: "please use --ansi never instead",
  }),
  parallel: integerFlag("Control max parallelism, -1 for unlimited", { initial: -1 }),
  profile: listFlag("Specify a profile to enable", { placeholder: "stringArray", complete: "profiles" }),
  progress: stringFlag("Set type of progress output (auto, tty, plain, json, quiet)", {
    complete: ["auto", "tty", "plain", "json", "quiet"],
  }),
  "project-directory": stringFlag(
    "Specify an alternate working directory (default: the path of the, first specified, Compose file)",
    { complete: "folders" },
  ),
  "project-name": stringFlag("Project name", { short: "p", complete: "projects" }),
  verbose: booleanFlag("Show more output", { hidden: true, deprecated: "HULL_TRACE=1 shows more" }),
  // Docker Compose answers it with its help, as a group without a word does.
  version: booleanFlag("Show the Docker Compose version information", { short: "v", hidden: true }),
  workdir: stringFlag("Specify an alternate working directory", {
    hidden: true,
    deprecated: "please use --project-directory instead",
  }),
};

export type ComposeGroupFlags = FlagValues<typeof composeGroupFlags>;

/** As they were given, or as they are where none was; older spellings stand for those of today. */
export function composeGroup(session: Session): ComposeGroupFlags {
  const values = (session.group ?? parseFlags(composeGroupFlags, [])).values as ComposeGroupFlags;
  const { workdir, "project-directory": directory } = values;
  if (workdir !== "" && directory !== "") {
    throw invalidArgument(
      'cannot specify DEPRECATED "--workdir" and "--project-directory". Please use only "--project-directory" instead',
    );
  }
  if (values["no-ansi"] && values.ansi !== "auto") {
    throw invalidArgument('cannot specify DEPRECATED "--no-ansi" and "--ansi". Please use only "--ansi"');
  }
  return {
    ...values,
    "project-directory": directory || workdir,
    ansi: values["no-ansi"] ? "never" : values.ansi,
  };
}

/** A command's own spelling of `--progress` stands for that of the group. */
export function withProgress(session: Session, progress: string): Session {
  const group = session.group ?? parseFlags(composeGroupFlags, []);
  return { ...session, group: { ...group, values: { ...group.values, progress } } };
}
