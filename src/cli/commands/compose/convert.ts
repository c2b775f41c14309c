import { chmod, mkdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Converted } from "../../../compose/kubernetes/convert.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { openProject } from "../../compose/open-project.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { composeConfigCommand } from "./config.ts";

const own = {
  namespace: stringFlag(
    "For --to: a namespace that is there already (default: one of the project's name, which is made)",
    { short: "n" },
  ),
  output: stringFlag("Save to file (default to stdout); with --to also a directory, for a file an object", {
    short: "o",
    complete: "files",
  }),
  quiet: booleanFlag("Only validate the configuration, don't print anything; with --to: no warnings", {
    short: "q",
  }),
  to: stringFlag('What to convert to: "kubernetes" (default: the resolved project, as config prints it)', {
    complete: ["kubernetes"],
  }),
};

/** Beside those of `config`, which Docker Compose calls by this name as well. */
const flags = { ...composeConfigCommand.flags, ...own } as typeof own;

export const composeConvertCommand = command({
  usage: "convert [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Writes manifests of Kubernetes for the project: workloads, Services, ConfigMaps, Secrets, claims, Ingresses and network policies, valid for an API server. What a cluster cannot do is told, with the service and the attribute. Without --to it is another name of config.",
    examples: [
      ["All in one text", "hull compose convert --to kubernetes"],
      ["A file an object", "hull compose convert --to kubernetes -o manifests"],
      ["Into a cluster", "hull compose convert --to kubernetes -q | kubectl apply -f -"],
    ],
    also: ["compose config", "compose graph"],
  },
  async run(parsed, terminal, session) {
    const { values, positional, given } = parsed;
    if (values.to === "") {
      if (given.has("namespace")) throw invalidArgument("--namespace goes with --to kubernetes");
      return await composeConfigCommand.run(parsed, terminal, session);
    }
    if (values.to !== "kubernetes")
      throw invalidArgument(`invalid value ${JSON.stringify(values.to)} for --to: use "kubernetes"`);
    const other = [...given].find((name) => !Object.hasOwn(own, name) && name !== "dry-run");
    if (other !== undefined)
      throw invalidArgument(`--${other} is about the resolved project and cannot be combined with --to`);
    if (values.namespace !== "" && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(values.namespace))
      throw invalidArgument(
        `invalid value ${JSON.stringify(values.namespace)} for --namespace: lower case letters, digits and hyphens`,
      );
    const project = await openProject(terminal, session, { services: positional });
    const [{ toKubernetes }, { noteText }, { projectFiles }] = await Promise.all([
      import("../../../compose/kubernetes/convert.ts"),
      import("../../../compose/kubernetes/notes.ts"),
      import("../../compose/project-files.ts"),
    ]);
    const converted = toKubernetes(project, projectFiles, values.namespace || undefined);
    await write(converted, values.output, (text) => terminal.out(text));
    if (!values.quiet) {
      for (const note of converted.notes) {
        if (note.level === "lost") terminal.err(`WARN: ${noteText(note)}\n`);
      }
    }
    return exitCode.ok;
  },
});

async function write(converted: Converted, output: string, print: (text: string) => void): Promise<void> {
  const { manifestFiles, manifestsText } = await import("../../../compose/kubernetes/manifest-text.ts");
  if (output === "" || output === "-") return print(manifestsText(converted));
  if ([".yaml", ".yml"].includes(extname(output).toLowerCase())) {
    return await writePrivate(output, manifestsText(converted));
  }
  await mkdir(output, { recursive: true });
  for (const [name, text] of manifestFiles(converted)) {
    const file = join(output, name);
    if (name.endsWith("-secret.yaml")) await writePrivate(file, text);
    else await writeFile(file, text);
  }
}

/** Secrets are in it: also where a file was there before, nobody else reads them. */
async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, "", { mode: 0o600 });
  await chmod(file, 0o600);
  await writeFile(file, text);
}
