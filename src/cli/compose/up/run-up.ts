import type { EngineClient } from "../../../client/engine-client.ts";
import { create } from "../../../compose/converge/create.ts";
import type { Created, StartOptions } from "../../../compose/converge/deeds.ts";
import { up } from "../../../compose/converge/up.ts";
import type { Project } from "../../../compose/model/project.ts";
import { observeContainers } from "../../../compose/observe/observe-project.ts";
import { isRunning } from "../../../compose/observe/observed-container.ts";
import { containerOfTask } from "../../../compose/task.ts";
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

/** Milliseconds in which what has just been started is looked at, where a person waits. */
const firstMoment = 300;

/** `up -d`: everything, waited for where that was asked, and what is open now. */
export async function runDetached(call: UpCall): Promise<number> {
  const { progress, context, settings } = call.deed;
  let startedAny = false;
  using _ = progress.listen(({ text }) => {
    startedAny ||= text === "Started";
  });
  const { project } = await explained(call, () => up(context, call.project, call.wish.options));
  progress.end();
  if (progress.kind !== "tree" || call.wish.options.noStart || settings.dryRun) return exitCode.ok;
  // A program that cannot do its work mostly says so at once.
  if (startedAny) await Bun.sleep(firstMoment);
  await tellOpen(call, project);
  return exitCode.ok;
}

/** What an attached `up` begins with. */
export async function createAll(call: UpCall): Promise<Created> {
  return await explained(call, () => create(call.deed.context, call.project, call.wish.options));
}

export function startOptions({ options }: UpWish): StartOptions {
  return { wait: options.wait, waitTimeout: options.waitTimeout };
}

/**
 * For people: where to look now, and what has died already. Nothing of it goes where a program reads, and the
 * exit code stays that of Docker Compose: what dies a moment later would not be seen either. Where the logs are
 * shown anyway, nothing is explained.
 */
export async function tellOpen(
  call: UpCall,
  { name, services }: Project,
  { explain = true } = {},
): Promise<void> {
  const { context, progress } = call.deed;
  const all = await observeContainers(context.engine, name);
  const ours = all.filter(({ service, oneOff }) => !oneOff && Object.hasOwn(services, service));
  const failed = explain ? ours.filter(({ summary }) => hasFailed(summary)) : [];
  const suspects = failed.map((container) => container.name);
  if (suspects.length > 0) await tellWhy(call, suspects);
  const running = ours.filter(isRunning).map(({ summary }) => summary);
  const line = openLine(openAddresses(call.project, running, hostOf(context.engine)));
  if (line !== undefined) progress.say(`${progress.paint(line, "bold")}\n`);
}

/** The machine of the engine, as this one calls it. */
function hostOf({ address: { address, via } }: EngineClient): string {
  if (via) return new URL(via.shown).hostname;
  return address.kind === "unix" ? "localhost" : address.host;
}

/** Remembers which containers something went wrong with, and explains them when the work fails. */
export async function explained<T>(call: UpCall, work: () => Promise<T>): Promise<T> {
  const { interrupts, progress } = call.deed;
  const suspects = new Set<string>();
  using _ = progress.listen(({ id, status }) => {
    const name = containerOfTask(id);
    if (status === "error" && name !== undefined) suspects.add(name);
  });
  try {
    return await work();
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
