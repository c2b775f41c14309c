import { jsonMessages } from "../../../client/json-messages.ts";
import type { BuildWish } from "../../../compose/compose-context.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { Service } from "../../../compose/model/service.ts";
import { imageName } from "../../../compose/names.ts";
import { EngineError, internal, messageOf, notImplemented } from "../../../errors/engine-error.ts";
import { BuildSession } from "../../build/build-session.ts";
import type { PreparedBuild } from "../../build/prepare-build.ts";
import type { TransferMessage } from "../../progress/message.ts";
import { mayColour, painter } from "../../terminal/colours.ts";
import { standardError } from "../../terminal/tty.ts";
import { type SeenBuild, seeBuild, taskOf } from "./build-progress.ts";
import type { ImageTools } from "./image-tools.ts";
import { prepareServiceBuild } from "./prepare-service-build.ts";
import { push } from "./push.ts";
import { serviceBuild } from "./service-build.ts";

/** Builds the image of one service, tags it, and pushes it where that is wanted; answers with its id. */
export async function build(
  tools: ImageTools,
  project: Project,
  service: Service,
  wish: BuildWish,
): Promise<string> {
  const { progress, signal } = tools;
  const id = taskOf(service.name);
  progress.report({ id, status: "working", text: "Building" });
  try {
    const asked = serviceBuild(project, service, wish);
    for (const sentence of asked.warnings)
      progress.say(`WARN: service ${JSON.stringify(service.name)}: ${sentence}\n`);
    const prepared = await prepareServiceBuild(project, service, asked, tools);
    const image = await onEngine(tools, service, prepared, wish);
    progress.report({ id, status: "done", text: wish.check ? "Checked" : "Built" });
    if (wish.push && service.image && !asked.pushesIndex) {
      for (const tag of prepared.flags.tag) await push(tools, tag, { quiet: wish.quiet ?? false });
    }
    return image ?? (wish.check ? "" : await idOf(tools, project, service));
  } catch (error) {
    if (signal.aborted) progress.report({ id, status: "warning", text: "Interrupted" });
    else if (error instanceof BuildWarnings) progress.report({ id, status: "warning", text: "Checked" });
    else progress.report({ id, status: "error", text: "Error" });
    throw error;
  }
}

async function onEngine(
  tools: ImageTools,
  service: Service,
  prepared: PreparedBuild,
  { quiet = false }: BuildWish,
): Promise<string | undefined> {
  const { engine, signal } = tools;
  const seen = seeBuild(tools, service.name, quiet);
  using lent = await BuildSession.open(engine, signal);
  return lent
    ? await onHull(tools, service, prepared, lent, seen)
    : await onStockEngine(tools, service, prepared, seen);
}

async function onHull(
  { engine, terminal, session, signal }: ImageTools,
  { name }: Service,
  prepared: PreparedBuild,
  lent: BuildSession,
  { show }: SeenBuild,
): Promise<string | undefined> {
  const { performHullBuild, knownFile } = await import("../../build/run-hull-build.ts");
  await performHullBuild({ prepared, engine, lent, terminal, session, signal }, show);
  const { view } = show;
  if (view.ended?.type === "result") {
    if (prepared.flags.check && (await tellFindings(view, name, prepared, terminal.out))) {
      throw new BuildWarnings("invalid_argument", `service ${JSON.stringify(name)}: its build has warnings`);
    }
    return view.ended.image;
  }
  if (!view.ended) throw internal("the engine ended the build without saying how");
  const { failureText } = await import("../../build/report-failure.ts");
  const paint = painter(mayColour(session.env, standardError));
  const text = failureText(view.ended, view, knownFile(prepared.source), paint).trimEnd();
  throw new EngineError("invalid_argument", `service ${JSON.stringify(name)} could not be built:\n${text}`);
}

/** `--check` found something: nothing went wrong, and all the same it is no success. */
class BuildWarnings extends EngineError {}

/** Whether any of them counts. */
async function tellFindings(
  { ended, warnings }: SeenBuild["show"]["view"],
  name: string,
  { source }: PreparedBuild,
  out: (text: string) => void,
): Promise<boolean> {
  const { knownFile } = await import("../../build/run-hull-build.ts");
  const { warningsText } = await import("../../build/report-failure.ts");
  const none = "Check complete, no warnings found.\n";
  const text = warningsText(warnings, knownFile(source), painter(false), { inFull: true }).trimStart();
  out(`${name}: ${warnings.length === 0 ? none : text}`);
  return ended?.type === "result" && ended.failedChecks > 0;
}

async function onStockEngine(
  { engine, terminal, session, signal }: ImageTools,
  { name, build: attributes }: Service,
  prepared: PreparedBuild,
  seen: SeenBuild,
): Promise<string | undefined> {
  const { flags } = prepared;
  const refused = [
    ...(prepared.contexts.local.length > 0 || Object.keys(attributes?.additional_contexts ?? {}).length > 0
      ? ["additional_contexts"]
      : []),
    ...(prepared.secrets.length > 0 ? ["secrets"] : []),
    ...(prepared.agents.length > 0 ? ["ssh"] : []),
    ...(flags["cache-to"].length > 0 ? ["cache_to"] : []),
    ...(flags["cache-from"].some((text) => text.includes("=")) ? ["cache_from with type="] : []),
    ...(flags.platform.length > 1 ? ["platforms (more than one)"] : []),
    ...(attributes?.privileged ? ["privileged"] : []),
    ...(attributes?.entitlements?.length ? ["entitlements"] : []),
    ...(flags.check ? ["--check"] : []),
  ];
  if (refused.length > 0) {
    throw notImplemented(
      `service ${JSON.stringify(name)}: the engine is not Hull, and its classic builder knows no ${refused.join(", ")}`,
    );
  }
  // Each label is a step, and a container, there: one says by whom it was built, as Docker Compose has it.
  const label = [...ownLabels(attributes?.labels), "com.docker.compose.image.builder=classic"];
  const { performClassicBuild } = await import("../../build/run-classic-build.ts");
  try {
    return await performClassicBuild(
      { prepared: { ...prepared, flags: { ...flags, label } }, engine, terminal, session, signal },
      async (response, onAux) => {
        for await (const message of jsonMessages<TransferMessage>(response.body)) {
          if (message.aux !== undefined && message.aux !== null) onAux(message.aux);
          else seen.add(message);
        }
      },
    );
  } catch (error) {
    if (!(error instanceof EngineError) || signal.aborted) throw error;
    const text = [...seen.last(), messageOf(error)].join("\n");
    throw new EngineError(error.kind, `service ${JSON.stringify(name)} could not be built:\n${text}`, error);
  }
}

const ownLabels = (labels: Readonly<Record<string, string>> = {}) =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`);

async function idOf({ engine }: ImageTools, project: Project, service: Service): Promise<string> {
  const { Id: id } = await engine.call("ImageInspect", { params: { name: imageName(project, service) } });
  return id ?? "";
}
