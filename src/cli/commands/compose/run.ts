import type { UpOptions } from "../../../compose/converge/up-options.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { OneOffWish } from "../../../compose/run/one-off-service.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { workingDirectory } from "../../compose/working-directory.ts";
import { detachKeysOf } from "../../config/detach-keys.ts";
import { SignalForwarder } from "../../containers/forward-signals.ts";
import { runCreated } from "../../containers/run-created.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, type FlagValues, listFlag, optionalBooleanFlag, stringFlag } from "../../flags/flag.ts";
import { isTerminal, standardInput, standardOutput } from "../../terminal/tty.ts";

const many = { placeholder: "stringArray" };

const flags = {
  "dry-run": dryRunFlag,
  build: booleanFlag("Build image before starting container"),
  "cap-add": listFlag("Add Linux capabilities"),
  "cap-drop": listFlag("Drop Linux capabilities"),
  detach: booleanFlag("Run container in background and print container ID", { short: "d" }),
  entrypoint: stringFlag("Override the entrypoint of the image"),
  env: listFlag("Set environment variables", { ...many, short: "e" }),
  "env-from-file": listFlag("Set environment variables from file", { ...many, complete: "files" }),
  interactive: booleanFlag("Keep STDIN open even if not attached", { short: "i", initial: true }),
  label: listFlag("Add or override a label", { ...many, short: "l" }),
  labels: listFlag("Add or override a label", { ...many, hidden: true }),
  name: stringFlag("Assign a name to the container"),
  "no-TTY": optionalBooleanFlag("Disable pseudo-TTY allocation (default: auto-detected)", {
    short: "T",
    defaultText: "true",
  }),
  "no-deps": booleanFlag("Don't start linked services"),
  publish: listFlag("Publish a container's port(s) to the host", { ...many, short: "p" }),
  pull: stringFlag('Pull image before running ("always"|"missing"|"never")', {
    initial: "policy",
    complete: ["always", "missing", "never"],
  }),
  quiet: booleanFlag("Don't print anything to STDOUT", { short: "q" }),
  "quiet-build": booleanFlag("Suppress progress output from the build process"),
  "quiet-pull": booleanFlag("Pull without printing progress information"),
  "remove-orphans": booleanFlag("Remove containers for services not defined in the Compose file"),
  rm: booleanFlag("Automatically remove the container when it exits"),
  "service-ports": booleanFlag("Run command with all service's ports enabled and mapped to the host", {
    short: "P",
  }),
  tty: optionalBooleanFlag("Allocate a pseudo-TTY", { short: "t", hidden: true }),
  "use-aliases": booleanFlag(
    "Use the service's network useAliases in the network(s) the container connects to",
  ),
  user: stringFlag("Run as specified username or uid", { short: "u" }),
  volume: listFlag("Bind mount a volume", { ...many, short: "v" }),
  volumes: listFlag("Bind mount a volume", { ...many, hidden: true }),
  workdir: stringFlag("Working directory inside the container", { short: "w", complete: "nothing" }),
};

type Values = FlagValues<typeof flags>;

export const composeRunCommand = command({
  usage: "run [OPTIONS] SERVICE [COMMAND] [ARGS...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  interspersed: false,
  complete: ["services", "files"],
  manual: {
    about:
      "Runs a command in a container of its own, made like those of the service but without its ports, after what the service depends on is up. Ends with the exit code of the command. The container stays unless --rm says otherwise.",
    examples: [
      ["A migration", "hull compose run --rm web ./manage.py migrate"],
      ["A shell beside nothing else", "hull compose run --rm --no-deps web sh"],
      ["In the background, with its ports", "hull compose run -d -P --name preview web"],
    ],
    also: ["compose exec", "run"],
  },
  async run({ values, given, positional: [service = "", ...command] }, terminal, session) {
    if (values.publish.length > 0 && values["service-ports"]) {
      throw invalidArgument("--service-ports and --publish are incompatible");
    }
    const tty = wantsTty(values, given);
    const project = await openProject(terminal, session, {
      services: [service],
      follow: values["no-deps"] ? "none" : "dependencies",
    });
    const { oneOffService } = await import("../../../compose/run/one-off-service.ts");
    const { serviceOf } = await import("../../../compose/select/select-services.ts");
    const wish = await oneOffWish(values, given, command, tty, project);
    const target = oneOffService(serviceOf(project, service), wish, workingDirectory(session.env));
    const wanted = { ...project, services: { ...project.services, [service]: target } };
    const { interactive, detach } = values;
    if (interactive && tty && !isTerminal(standardInput)) {
      throw invalidArgument("the input device is not a TTY");
    }
    let id = "";
    const deed = { title: "Running", dryRun: values["dry-run"], project, quiet: values.quiet };
    const code = await runDeed(terminal, session, deed, async ({ context, settings }) => {
      const { createOneOff } = await import("../../../compose/run/create-one-off.ts");
      id = await createOneOff(context, wanted, service, {
        up: upOptions(values, given, settings.ignoreOrphans),
        autoRemove: values.rm,
        useAliases: values["use-aliases"],
        interactive,
      });
      if (settings.dryRun) id = "";
      return exitCode.ok;
    });
    if (code !== exitCode.ok || id === "") return code;
    const engine = await session.engine();
    using signals = detach ? undefined : new SignalForwarder(engine);
    const body = {
      AttachStdin: interactive && !detach,
      AttachStdout: !detach,
      AttachStderr: !detach,
      Tty: tty,
      HostConfig: { AutoRemove: values.rm },
    };
    const keys = detachKeysOf(await session.config());
    return await runCreated(id, body, keys, signals, engine, terminal);
  },
});

/** Unless somebody says: where there is a terminal on both sides. */
function wantsTty(values: Values, given: ReadonlySet<string>): boolean {
  if (values.tty !== undefined) {
    if (given.has("no-TTY")) throw invalidArgument("--tty and --no-TTY can't be used together");
    return values.tty;
  }
  if (values["no-TTY"] !== undefined) return !values["no-TTY"];
  return isTerminal(standardOutput) && (given.has("interactive") || isTerminal(standardInput));
}

async function oneOffWish(
  values: Values,
  given: ReadonlySet<string>,
  command: readonly string[],
  tty: boolean,
  project: Project,
): Promise<OneOffWish> {
  const { shellWords } = await import("../../../compose/load/decode/shell-words.ts");
  const { oneOffVariables } = await import("../../../compose/run/one-off-variables.ts");
  return {
    name: values.name,
    command,
    entrypoint: given.has("entrypoint") ? shellWords(values.entrypoint) : undefined,
    environment: oneOffVariables(values.env, values["env-from-file"], project.environment),
    labels: Object.fromEntries([...values.label, ...values.labels].map(labelOf)),
    user: values.user,
    workdir: values.workdir,
    capAdd: values["cap-add"],
    capDrop: values["cap-drop"],
    volumes: [...values.volume, ...values.volumes],
    publish: values.publish,
    servicePorts: values["service-ports"],
    tty,
    interactive: values.interactive,
  };
}

function labelOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 0) throw invalidArgument("label must be set as KEY=VALUE");
  return [text.slice(0, at), text.slice(at + 1)];
}

function upOptions(values: Values, given: ReadonlySet<string>, ignoreOrphans: boolean): UpOptions {
  return {
    services: [],
    noDependencies: values["no-deps"],
    recreate: "changed",
    recreateDependencies: "changed",
    renewAnonymousVolumes: false,
    removeOrphans: values["remove-orphans"],
    ignoreOrphans,
    scale: new Map(),
    build: values.build ? "always" : "missing",
    pull: pullOf(values.pull, given.has("pull")),
    quietPull: values["quiet-pull"] || values.quiet,
    quietBuild: values["quiet-build"] || values.quiet,
    noStart: false,
    timeout: undefined,
    wait: false,
    waitTimeout: undefined,
  };
}

function pullOf(word: string, given: boolean): UpOptions["pull"] {
  if (!given) return "policy";
  if (word === "always" || word === "missing" || word === "never") return word;
  throw invalidArgument(`invalid --pull option ${JSON.stringify(word)}`);
}
