import type { LoadSteps } from "../../../compose/load/project-options.ts";
import type { Project } from "../../../compose/model/project.ts";
import { checkContainerNames } from "../../../compose/select/container-names.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command, type Terminal } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProject, projectOptions } from "../../compose/open-project.ts";
import { composeSettings } from "../../compose/settings.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, type FlagValues, stringFlag } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";

const flags = {
  "dry-run": dryRunFlag,
  environment: booleanFlag("Print environment used for interpolation."),
  explain: stringFlag("Say where a variable or a value came from, and what it took the place of"),
  format: stringFlag("Format the output. Values: [yaml | json]", { complete: ["yaml", "json"] }),
  hash: stringFlag("Print the service config hash, one per line."),
  images: booleanFlag("Print the image names, one per line."),
  "lock-image-digests": booleanFlag("Produces an override file with image digests"),
  models: booleanFlag("Print the model names, one per line."),
  networks: booleanFlag("Print the network names, one per line."),
  "no-consistency": booleanFlag(
    "Don't check model consistency - warning: may produce invalid Compose output",
  ),
  "no-env-resolution": booleanFlag("Don't resolve service env files"),
  "no-interpolate": booleanFlag("Don't interpolate environment variables"),
  "no-normalize": booleanFlag("Don't normalize compose model"),
  "no-path-resolution": booleanFlag("Don't resolve file paths"),
  output: stringFlag("Save to file (default to stdout)", { short: "o", complete: "files" }),
  profiles: booleanFlag("Print the profile names, one per line."),
  quiet: booleanFlag("Only validate the configuration, don't print anything", { short: "q" }),
  "resolve-image-digests": booleanFlag("Pin image tags to digests"),
  services: booleanFlag("Print the service names, one per line."),
  variables: booleanFlag("Print model variables and default values."),
  volumes: booleanFlag("Print the volume names, one per line."),
};

type Values = FlagValues<typeof flags>;

/** Of several flags for lists the first of these counts. */
const lists = [
  "services",
  "volumes",
  "networks",
  "models",
  "hash",
  "profiles",
  "images",
  "variables",
  "environment",
] as const;

// trail: compose config
export const composeConfigCommand = command({
  usage: "config [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Reads the files of the project, expands variables, merges, checks, and prints what comes of it: the model every other command works with. Mistakes are shown all at once, with the lines they are in.",
    examples: [
      ["What is really run", "hull compose config"],
      ["Check only, for scripts", "hull compose config -q && echo fine"],
      ["Where a variable came from, and where it is used", "hull compose config --explain TAG"],
      ["What decides whether a container is made anew", "hull compose config --hash '*'"],
    ],
    also: ["compose"],
  },
  async run({ values, positional, given }, terminal, session) {
    if (given.has("explain")) {
      refuseBesideExplain(given, positional);
      const { explainText } = await import("../../compose/config/explain-text.ts");
      terminal.out(await explainText(values.explain, terminal, session));
      return exitCode.ok;
    }
    const list = lists.find((word) => values[word]);
    const text = list
      ? await listText(list, values, positional, terminal, session)
      : await modelOrProjectText(values, positional, terminal, session);
    if (list) terminal.out(text);
    else if (values.quiet) return exitCode.ok;
    else if (values.output !== "") await Bun.write(values.output, text);
    else terminal.out(text);
    return exitCode.ok;
  },
});

/** An explanation is about all files and all services. */
function refuseBesideExplain(given: ReadonlySet<string>, services: readonly string[]): void {
  const other = [...given].find((name) => name !== "explain" && name !== "dry-run");
  if (other !== undefined) throw invalidArgument(`--explain cannot be combined with --${other}`);
  if (services.length > 0)
    throw invalidArgument(`--explain takes no services (found: ${services.join(", ")})`);
}

const stepsOf = (values: Values, session: Session): LoadSteps => ({
  interpolate: !values["no-interpolate"],
  normalize: !values["no-normalize"] && !composeSettings(session).compatibility,
  resolvePaths: !values["no-path-resolution"],
  checkConsistency: !values["no-consistency"],
  discardLabelFiles: true,
});

async function listText(
  list: (typeof lists)[number],
  values: Values,
  names: readonly string[],
  terminal: Terminal,
  session: Session,
): Promise<string> {
  if (list === "variables") {
    const { variablesText } = await import("../../compose/config/variables-text.ts");
    return variablesText(
      await readModel({ ...values, "no-interpolate": true }, terminal, session),
      values.format,
    );
  }
  if (list === "services" && values["no-interpolate"]) {
    const { services = {} } = await readModel(values, terminal, session);
    return lines(Object.keys(services as object));
  }
  const { hashLines, projectLists } = await import("../../compose/config/lists.ts");
  const takesNames = list === "profiles" || list === "images" || list === "environment";
  const steps = { ...stepsOf(values, session), resolveEnvironment: list === "environment" };
  const project = await openProject(terminal, session, { services: takesNames ? names : [], steps });
  return lines(list === "hash" ? hashLines(project, values.hash) : projectLists[list](project));
}

const lines = (items: readonly string[]) => items.map((item) => `${item}\n`).join("");

async function modelOrProjectText(
  values: Values,
  names: readonly string[],
  terminal: Terminal,
  session: Session,
): Promise<string> {
  const format = values.format || "yaml";
  const { modelText, projectText } = await import("../../../compose/print/project-text.ts");
  const pinned = values["resolve-image-digests"] || values["lock-image-digests"];
  const pin = pinned
    ? await (await import("../../compose/config/pin-images.ts")).pinImages(terminal, session)
    : undefined;
  if (format !== "yaml" && format !== "json")
    throw invalidArgument(`unsupported format ${JSON.stringify(format)}`);
  if (values["no-interpolate"]) {
    const { pinnedModel, imagesOfModel } = await import("../../../compose/print/pinned.ts");
    const model = await readModel(values, terminal, session);
    const whole = pin ? await pinnedModel(model, pin) : model;
    return modelText(values["lock-image-digests"] ? imagesOfModel(whole) : whole, format);
  }
  const steps = { ...stepsOf(values, session), resolveEnvironment: !values["no-env-resolution"] };
  const project: Project = await openProject(terminal, session, { services: names, steps });
  if (steps.checkConsistency !== false) checkContainerNames(project);
  if (!pin) return projectText(project, format);
  const { pinnedProject, imagesOfProject } = await import("../../../compose/print/pinned.ts");
  const whole = await pinnedProject(project, pin);
  return projectText(values["lock-image-digests"] ? imagesOfProject(whole) : whole, format);
}

async function readModel(values: Values, terminal: Terminal, session: Session) {
  const { loadModel } = await import("../../../compose/load/load-model.ts");
  const { model } = await loadModel(projectOptions(terminal, session), stepsOf(values, session));
  return model;
}
