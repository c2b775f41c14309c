import type { Project } from "../../../compose/model/project.ts";
import { type EngineError, messageOf, notFound } from "../../../errors/engine-error.ts";
import type { Terminal } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { moment } from "../../flags/moment.ts";
import { interruptible } from "../../interruptible.ts";
import type { Session } from "../../session.ts";
import { painter } from "../../terminal/colours.ts";
import { standardOutput } from "../../terminal/tty.ts";
import { mayPaint } from "../may-paint.ts";
import { ContainerLogs, type LogPart } from "./container-logs.ts";
import { LogOutput } from "./log-output.ts";
import { byName, type ProjectContainer } from "./project-container.ts";
import { type ContainerChange, openChanges, wantedContainers } from "./project-events.ts";

export interface ProjectLogs {
  readonly name: string;
  readonly project: Project | undefined;
  readonly services: readonly string[];
  readonly values: {
    readonly follow: boolean;
    readonly index: number;
    readonly "no-color": boolean;
    readonly "no-log-prefix": boolean;
    readonly since: string;
    readonly tail: string;
    readonly timestamps: boolean;
    readonly until: string;
  };
}

/** `compose logs`: until the end of what there is, or with `follow` until nothing runs or the signal comes. */
export function showProjectLogs(wish: ProjectLogs, terminal: Terminal, session: Session): Promise<number> {
  return interruptible(async (signal) => {
    const { values } = wish;
    const engine = await session.engine();
    const colour = !values["no-color"] && mayPaint(session, standardOutput);
    const output = new LogOutput({
      paint: painter(colour),
      prefix: !values["no-log-prefix"],
      timestamps: values.timestamps,
      // All of it is what was asked for.
      write: (_, text) => terminal.out(text),
    });
    let code: number = exitCode.ok;
    const over = new AbortController();
    const complain = (name: string, error: EngineError) => {
      // A logging driver that keeps nothing is no failure.
      if (error.kind !== "not_implemented") code = exitCode.failed;
      terminal.err(`WARN: Can't retrieve logs for ${JSON.stringify(name)}: ${messageOf(error)}\n`);
    };
    const ends = AbortSignal.any([signal, over.signal]);
    const logs = new ContainerLogs(engine, output, ends, complain, { live: values.follow });
    const isWanted = wantedBy(wish);
    try {
      const changes = values.follow ? await openChanges(engine, wish.name, isWanted, ends) : undefined;
      const containers = (await wantedContainers(engine, wish.name, isWanted)).sort(byName);
      if (values.index > 0 && containers.length === 0) throw noSuchContainer(wish);
      const part = partOf(wish);
      for (const { id, shown } of containers) logs.open(id, shown, part);
      const alive = new Set(containers.map(({ id }) => id));
      await logs.print(changes ? followed(logs, output, changes, alive) : Promise.resolve());
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      over.abort();
    }
    return code;
  });
}

/** Takes up what starts, and tells what ends; until nothing is left that could say something. */
async function followed(
  logs: ContainerLogs,
  output: LogOutput,
  changes: AsyncIterable<ContainerChange>,
  alive: Set<string>,
): Promise<void> {
  if (alive.size === 0) return;
  for await (const change of changes) {
    const { id, shown, replaces } = change.container;
    if (change.kind !== "exited") alive.add(id);
    if (change.kind === "created" && replaces !== undefined) output.status(replaces, "has been recreated");
    if (change.kind === "started") logs.openLife(id, shown);
    if (change.kind !== "exited") continue;
    const { code, restarts } = change;
    await logs.ended(id, shown, `exited with code ${code}${restarts ? " (restarting)" : ""}`);
    if (!restarts) alive.delete(id);
    if (alive.size === 0) return;
  }
}

/** Services that were named; else those of the file that do not ask to be left out; else all. */
function wantedBy({ project, services, values }: ProjectLogs): (container: ProjectContainer) => boolean {
  const shown = Object.values(project?.services ?? {}).filter(({ attach }) => attach !== false);
  const names = services.length > 0 ? services : project && shown.map(({ name }) => name);
  return ({ service, number }) =>
    (!names || names.includes(service)) && (values.index === 0 || number === values.index);
}

function noSuchContainer({ services, values }: ProjectLogs) {
  return notFound(`service ${JSON.stringify(services[0])} is not running container #${values.index}`);
}

function partOf({ values: { follow, tail, since, until } }: ProjectLogs): LogPart {
  return {
    follow,
    ...(tail !== "all" && tail !== "" && { tail }),
    since: moment(since, "since"),
    until: moment(until, "until"),
  };
}
