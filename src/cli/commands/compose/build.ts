import { buildServices, builtFirst } from "../../../compose/images/build-services.ts";
import type { Project } from "../../../compose/model/project.ts";
import { enableNamed, selectServices, serviceOf } from "../../../compose/select/select-services.ts";
import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { withProgress } from "../../compose/group-flags.ts";
import { readComposeProject } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { resourceFlags } from "../../flags/container/resources.ts";
import { booleanFlag, listFlag, stringFlag } from "../../flags/flag.ts";

const deprecated = { initial: true, hidden: true, deprecated: "it changes nothing" };

const flags = {
  "dry-run": dryRunFlag,
  "build-arg": listFlag("Set build-time variables for services", { placeholder: "stringArray" }),
  builder: stringFlag("Set builder to use"),
  check: booleanFlag("Check build configuration"),
  compress: booleanFlag("Compress the build context using gzip. DEPRECATED", deprecated),
  "force-rm": booleanFlag("Always remove intermediate containers. DEPRECATED", deprecated),
  memory: {
    ...resourceFlags.memory,
    help: "Set memory limit for the build container. Not supported by BuildKit.",
  },
  "no-cache": booleanFlag("Do not use cache when building the image"),
  "no-rm": booleanFlag("Do not remove intermediate containers after a successful build. DEPRECATED", {
    hidden: true,
    deprecated: "it changes nothing",
  }),
  parallel: booleanFlag("Build images in parallel. DEPRECATED", deprecated),
  print: booleanFlag("Print equivalent bake file"),
  progress: stringFlag("Set type of ui output (auto, tty, plain, json, quiet)", { hidden: true }),
  provenance: stringFlag("Add a provenance attestation"),
  pull: booleanFlag("Always attempt to pull a newer version of the image"),
  push: booleanFlag("Push service images"),
  quiet: booleanFlag("Suppress the build output", { short: "q" }),
  sbom: stringFlag("Add a SBOM attestation"),
  ssh: stringFlag(
    "Set SSH authentications used when building service images. (use 'default' for using your default SSH Agent)",
  ),
  "with-dependencies": booleanFlag("Also build dependencies (transitively)"),
};

export const composeBuildCommand = command({
  usage: "build [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Builds the images of services that have a `build`: side by side, and one that stands on another's image (`additional_contexts: base: service:x`) after it. On a stock Docker engine its classic builder does the work; what that cannot do is refused by name.",
    examples: [
      ["From the beginning, with newer base images", "hull compose build --no-cache --pull"],
      ["Look for mistakes and build nothing", "hull compose build --check web"],
      ["What another builder would be told", "hull compose build --print"],
    ],
    also: ["build", "compose push", "compose up"],
  },
  async run({ values, given, positional }, terminal, caller) {
    refuseUnbuilt(values);
    const session = given.has("progress") ? withProgress(caller, values.progress) : caller;
    const wish = {
      allPlatforms: true,
      noCache: values["no-cache"],
      pull: values.pull,
      push: values.push,
      quiet: values.quiet,
      check: values.check,
      memory: values.memory,
      args: argumentsGiven(values["build-arg"]),
      ssh: given.has("ssh") ? [sshWord(values.ssh || "default")] : [],
    };
    const loaded = await readComposeProject(terminal, session, { resolveEnvironment: false });
    const project = withFirst(enableNamed(loaded, positional), positional);
    const names = servicesToBuild(project, positional, values["with-dependencies"]);
    if (values.print) {
      const { bakeFile } = await import("../../compose/image-work/bake-file.ts");
      terminal.out(`${bakeFile(project, names, wish)}\n`);
      return exitCode.ok;
    }
    if (names.length === 0) {
      terminal.err("WARN: No services to build\n");
      return exitCode.ok;
    }
    return await runDeed(
      terminal,
      session,
      { title: "Building", dryRun: values["dry-run"], project, quiet: values.quiet },
      async ({ context }) => {
        await buildServices(context, project, names, wish);
        return exitCode.ok;
      },
    );
  },
});

function refuseUnbuilt(values: { builder: string; provenance: string; sbom: string }): void {
  if (values.builder !== "" && values.builder !== "default") {
    throw notImplemented(
      `--builder ${values.builder}: there is one builder, the engine's own; use --context or --host for another engine`,
    );
  }
  for (const name of ["provenance", "sbom"] as const) {
    if (values[name] !== "" && values[name] !== "false") {
      throw notImplemented(`--${name}: the builder makes no attestations`);
    }
  }
}

/** Switches on what images that are built stand on. */
function withFirst(project: Project, names: readonly string[]): Project {
  const seen = new Set<string>();
  const all = { ...project, services: { ...project.services, ...project.disabledServices } };
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const next of builtFirst(all, name)) visit(next);
  };
  for (const name of names.length > 0 ? names : Object.keys(project.services)) visit(name);
  return enableNamed(project, [...seen]);
}

function servicesToBuild(project: Project, names: readonly string[], dependencies: boolean): string[] {
  for (const name of names) serviceOf(project, name);
  const chosen = selectServices(project, names, dependencies ? "dependencies" : "none");
  return Object.values(chosen.services).flatMap(({ name, build }) => (build ? [name] : []));
}

function argumentsGiven(words: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

function sshWord(text: string): string {
  if (!text.includes("=") && text !== "default") {
    throw invalidArgument(`invalid ssh key ${JSON.stringify(text)}`);
  }
  return text;
}
