import type { EngineClient } from "../../../client/engine-client.ts";
import { nameOf } from "../../../compose/observe/observed-container.ts";
import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import { Limiter } from "../../../lib/limiter.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { numberOf, projectContainers, serviceContainer } from "../../compose/project-containers.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { copyIn } from "../../copy/copy-in.ts";
import { copyOut } from "../../copy/copy-out.ts";
import { type CopyArgument, parseCopyArgument } from "../../copy/paths.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, integerFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  all: booleanFlag("Include containers created by the run command"),
  archive: booleanFlag("Archive mode (copy all uid/gid information)", { short: "a" }),
  "follow-link": booleanFlag("Always follow symbol link in SRC_PATH", { short: "L" }),
  index: integerFlag("Index of the container if service has multiple replicas"),
};

export const composeCpCommand = command({
  usage: "cp [OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\ncp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH",
  flags,
  arguments: [2, 2],
  complete: ["files"],
  manual: {
    about:
      "Copies files between this machine and the containers of a service: into all its replicas, out of the first. With - it is a tar archive on standard input or output.",
    examples: [
      ["Into every replica", "hull compose cp nginx.conf web:/etc/nginx/nginx.conf"],
      ["Out of the second", "hull compose cp --index 2 web:/var/log/app.log ."],
    ],
    also: ["cp", "compose watch"],
  },
  async run({ values, positional: [first = "", second = ""] }, terminal, session) {
    if (first === "") throw invalidArgument("source can not be empty");
    if (second === "") throw invalidArgument("destination can not be empty");
    const from = parseCopyArgument(first);
    const to = parseCopyArgument(second);
    const name = await openProjectName(terminal, session);
    const service = serviceAsked(from, to);
    const out = from.container !== "";
    return await runDeed(
      terminal,
      session,
      { title: "Copying", dryRun: values["dry-run"] },
      async ({ context, settings }) => {
        const { engine, report, signal, parallel } = context;
        const all = await targets(engine, name, { service, all: values.all, index: values.index });
        const options = { follow: values["follow-link"], archive: values.archive, quiet: true, signal };
        const turns = new Limiter(() => parallel);
        // An archive on standard input can be read once.
        const chosen = out ? all.slice(0, 1) : all;
        if (from.path === "-" && chosen.length > 1) {
          throw invalidArgument(
            `an archive on standard input goes to one container, and ${service} has ${chosen.length}: use --index`,
          );
        }
        const codes = await Promise.all(
          chosen.map((container) =>
            turns.run(async () => {
              const id = nameOf(container);
              const text = out
                ? `copy ${id}:${from.path} to ${to.path}`
                : `copy ${from.path} to ${id}:${to.path}`;
              report({ id, status: "working", text, details: "Copying" });
              const inside = { container: container.Id ?? "", path: out ? from.path : to.path };
              const code = settings.dryRun
                ? exitCode.ok
                : out
                  ? await copyOut(inside, to.path, options, engine, terminal)
                  : await copyIn(from.path, inside, options, engine, terminal);
              report({ id, status: code === exitCode.ok ? "done" : "error", text, details: "Copied" });
              return code;
            }),
          ),
        );
        return Math.max(...codes);
      },
    );
  },
});

function serviceAsked(from: CopyArgument, to: CopyArgument): string {
  if (from.container !== "" && to.container !== "") {
    throw invalidArgument("copying between services is not supported");
  }
  if (from.container === "" && to.container === "") throw invalidArgument("unknown copy direction");
  return from.container || to.container;
}

async function targets(
  engine: EngineClient,
  project: string,
  { service, all, index }: { service: string; all: boolean; index: number },
): Promise<ContainerSummary[]> {
  if (index > 0)
    return [await serviceContainer(engine, project, { service, index, all: true, oneOffs: false })];
  const found = await projectContainers(engine, project, { services: [service], all: true, oneOffs: all });
  if (found.length === 0) throw notFound(`no container found for service ${JSON.stringify(service)}`);
  return found.sort((a, b) => numberOf(a) - numberOf(b));
}
