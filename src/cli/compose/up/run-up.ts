import type { EngineClient } from "../../../client/engine-client.ts";
import type { ComposeContext } from "../../../compose/compose-context.ts";
import { create } from "../../../compose/converge/create.ts";
import type { Created, StartOptions } from "../../../compose/converge/deeds.ts";
import { startCreated } from "../../../compose/converge/up.ts";
import { labels } from "../../../compose/labels.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import type { Terminal } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import type { Session } from "../../session.ts";
import type { Deed } from "../run-deed.ts";
import { openAddresses, openLine } from "./open-addresses.ts";
import type { UpWish } from "./up-wish.ts";
import { hasFailed, whyFailed } from "./why-failed.ts";

export interface UpCall {
  readonly deed: Deed;
  readonly terminal: Terminal;
  readonly session: Session;
  readonly project: Project;
  readonly wish: UpWish;
}

/** Creates everything; a failure is explained before it is thrown. */
export async function createAll(call: UpCall): Promise<Created> {
  const { context } = call.deed;
  return await explained(call, (report) => create({ ...context, report }, call.project, call.wish.options));
}

/** `up -d`: starts everything, waits where that was asked, and says what is open now. */
export async function startDetached(call: UpCall, created: Created): Promise<number> {
  const { progress, context } = call.deed;
  await explained(call, (report) => startCreated({ ...context, report }, created, startOptions(call.wish)));
  progress.end();
  await tellOpen(call, created.project);
  return exitCode.ok;
}

export function startOptions({ options }: UpWish): StartOptions {
  return { wait: options.wait, waitTimeout: options.waitTimeout };
}

/**
 * For people: where to look now, and what has died already. Nothing of it goes where a program reads, and the
 * exit code stays that of Docker Compose: what dies a moment later would not be seen either.
 */
export async function tellOpen(call: UpCall, { name, services }: Project): Promise<void> {
  const { context, progress } = call.deed;
  if (progress.kind !== "tree") return;
  const filters = { label: [`${labels.project}=${name}`, `${labels.oneOff}=False`] };
  const all = await context.engine.call("ContainerList", {
    query: { all: true, filters: JSON.stringify(filters) },
  });
  const ours = all.filter(({ Labels: its }) => Object.hasOwn(services, its?.[labels.service] ?? ""));
  const suspects = ours.filter(hasFailed).map(nameOf);
  if (suspects.length > 0) await tellWhy(call, suspects);
  const running = ours.filter(({ State: state }) => state === "running");
  const line = openLine(openAddresses(call.project, running, hostOf(context.engine)));
  if (line !== undefined) progress.say(`${progress.paint(line, "bold")}\n`);
}

const nameOf = ({ Names: names, Id: id }: ContainerSummary) => names?.[0]?.replace(/^\//, "") ?? id ?? "";

/** The machine of the engine, as this one calls it. */
function hostOf({ address: { address, via } }: EngineClient): string {
  if (via) return new URL(via.shown).hostname;
  return address.kind === "unix" ? "localhost" : address.host;
}

/** Remembers which containers something went wrong with, and explains them when the work fails. */
export async function explained<T>(
  call: UpCall,
  work: (report: ComposeContext["report"]) => Promise<T>,
): Promise<T> {
  const { context, interrupts } = call.deed;
  const suspects = new Set<string>();
  const isContainer = "Container ";
  try {
    return await work((event) => {
      if (event.status === "error" && event.id.startsWith(isContainer)) {
        suspects.add(event.id.slice(isContainer.length));
      }
      context.report(event);
    });
  } catch (error) {
    if (!interrupts.signal.aborted) await tellWhy(call, [...suspects]);
    throw error;
  }
}

async function tellWhy({ deed, session }: UpCall, suspects: readonly string[]): Promise<void> {
  const { progress, context } = deed;
  progress.end();
  if (progress.kind === "quiet" || progress.kind === "json" || suspects.length === 0) return;
  const colour = progress.paint("x", "bold") !== "x";
  const text = await whyFailed(context.engine, session, suspects, colour);
  if (text !== "") progress.say(`\n${text}\n`);
}
