import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Converted } from "../../../compose/kubernetes/convert.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { openProject } from "../../compose/open-project.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  namespace: stringFlag(
    "Namespace that is there already (default: one of the project's name, which is made)",
    {
      short: "n",
    },
  ),
  output: stringFlag("File, or directory for a file an object, instead of standard output", {
    short: "o",
    complete: "files",
  }),
  quiet: booleanFlag("Say nothing of what could not be carried over", { short: "q" }),
  to: stringFlag('What to convert to: "kubernetes"', { complete: ["kubernetes"] }),
};

export const composeConvertCommand = command({
  usage: "compose convert --to FORM [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    if (values.to === "")
      throw invalidArgument(
        '--to is required, as in "--to kubernetes"; "compose config" prints the resolved project',
      );
    if (values.to !== "kubernetes")
      throw invalidArgument(`invalid value ${JSON.stringify(values.to)} for --to: use "kubernetes"`);
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
    await Bun.write(output, manifestsText(converted), { mode: 0o600 });
    return;
  }
  await mkdir(output, { recursive: true });
  for (const [name, text] of manifestFiles(converted)) {
    // Secrets are among them.
    await Bun.write(join(output, name), text, { mode: name.endsWith("-secret.yaml") ? 0o600 : 0o644 });
  }
}
