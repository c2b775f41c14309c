import { invalidArgument } from "../../../errors/engine-error.ts";
import { type FlagValues, integerFlag, listFlag, mapFlag, stringFlag } from "../flag.ts";
import { cut, recordOf } from "./csv-fields.ts";
import { linesOf } from "./environment.ts";

function checkLabel(text: string): string {
  const [name] = cut(text.trim(), "=");
  if (name === "") throw invalidArgument(`invalid label '${text}': empty name`);
  if (/\s/.test(name)) throw invalidArgument(`label '${text}' contains whitespaces`);
  return text;
}

export const identityFlags = {
  annotation: mapFlag("Add an annotation to the container (passed through to the OCI runtime)", {
    defaultText: "map[]",
  }),
  domainname: stringFlag("Container NIS domain name"),
  entrypoint: stringFlag("Overwrite the default ENTRYPOINT of the image"),
  hostname: stringFlag("Container host name", { short: "h" }),
  label: listFlag("Set meta data on a container", { short: "l", parse: checkLabel }),
  "label-file": listFlag("Read in a line delimited file of labels"),
  "stop-signal": stringFlag("Signal to stop the container"),
  "stop-timeout": integerFlag("Timeout (in seconds) to stop a container"),
  user: stringFlag("Username or UID (format: <name|uid>[:<group|gid>])", { short: "u" }),
  workdir: stringFlag("Working directory inside the container", { short: "w" }),
};

/** Who the process is and what it is called; part of the container's configuration. */
export function identityOf(values: FlagValues<typeof identityFlags>, given: ReadonlySet<string>) {
  const { entrypoint } = values;
  return {
    Hostname: values.hostname,
    Domainname: values.domainname,
    User: values.user,
    WorkingDir: values.workdir,
    Entrypoint: given.has("entrypoint") ? [entrypoint] : null,
    Labels: recordOf([...labelsInFiles(values["label-file"]), ...values.label]),
    ...(values["stop-signal"] !== "" && { StopSignal: values["stop-signal"] }),
    ...(given.has("stop-timeout") && { StopTimeout: values["stop-timeout"] }),
  };
}

export function annotationsOf({ annotation }: FlagValues<typeof identityFlags>) {
  return Object.keys(annotation).length > 0 ? { Annotations: annotation } : {};
}

/** Lines without a value are none. */
const labelsInFiles = (files: readonly string[]) =>
  files.flatMap(linesOf).filter((line) => line.includes("="));
