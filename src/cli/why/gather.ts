import type { EngineClient } from "../../client/engine-client.ts";
import { jsonMessages } from "../../client/json-messages.ts";
import { EngineError, isKind } from "../../errors/engine-error.ts";
import type {
  ContainerInspectResponse,
  ContainerSummary,
  EventMessage,
} from "../../protocol/generated/types.ts";
import { logLines } from "../logs/log-lines.ts";
import { ContainerFiles } from "./container-files.ts";
import type { Dependency, PortHolder, WhyFacts } from "./facts.ts";
import { lookAtProgram } from "./look-at-program.ts";
import type { ProgramFacts } from "./program-facts.ts";
import { programInDoubt } from "./rules/program.ts";
import { takenPort } from "./rules/resources.ts";

export interface GatherOptions {
  /** Last lines of its log. */
  readonly lines: number;
  /** How far back to ask for events, in seconds. */
  readonly eventSeconds: number;
  /** Which process of the engine's machine has a port; absent when the engine is elsewhere. */
  readonly holderOfPort?: (
    protocol: "tcp" | "udp",
    address: string,
    port: number,
  ) => Promise<string | undefined>;
}

/** Asks the engine for everything the rules look at. Only a container that does not exist is an error. */
export async function gatherFacts(
  engine: EngineClient,
  name: string,
  options: GatherOptions,
): Promise<WhyFacts> {
  const container = await engine.call("ContainerInspect", { params: { id: name } });
  const id = container.Id ?? name;
  const log = await lastLines(engine, container, options.lines);
  const [image, info, events, all, volumes, networks] = await Promise.all([
    orUndefined(engine.call("ImageInspect", { params: { name: container.Image ?? "" } })),
    engine.call("SystemInfo"),
    pastEvents(engine, id, options.eventSeconds),
    engine.call("ContainerList", { query: { all: true } }),
    engine.call("VolumeList"),
    engine.call("NetworkList"),
  ]);
  const volumeNames = new Set((volumes.Volumes ?? []).map(({ Name: volume }) => volume));
  const networkIds = new Set(networks.flatMap(({ Id: network, Name: word }) => [network ?? "", word ?? ""]));
  return {
    now: Date.now(),
    container,
    image,
    engineArchitecture: info.Architecture ?? "",
    log,
    events,
    program: await programOf(engine, container, log),
    portHolder: await portHolderOf(container, all, options.holderOfPort),
    missingVolumes: (container.Mounts ?? [])
      .filter(({ Type: type }) => type === "volume")
      .map(({ Name: volume }) => volume ?? "")
      .filter((volume) => volume !== "" && !volumeNames.has(volume)),
    missingNetworks: Object.entries(container.NetworkSettings?.Networks ?? {})
      .filter(([word, { NetworkID: network }]) => !networkIds.has(network || word))
      .map(([word]) => word),
    dependencies: await dependenciesOf(engine, container, all),
  };
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isKind(error, "not_found")) return undefined;
    throw error;
  }
}

async function lastLines(
  engine: EngineClient,
  container: ContainerInspectResponse,
  count: number,
): Promise<string[] | undefined> {
  try {
    const response = await engine.stream("ContainerLogs", {
      params: { id: container.Id ?? "" },
      query: { stdout: true, stderr: true, tail: String(count) },
    });
    const lines: string[] = [];
    const framed = !container.Config?.Tty;
    for await (const { text } of logLines(response.body, { framed, stamped: false })) lines.push(text);
    return lines;
  } catch (error) {
    // A log driver that cannot be read back, or a container whose log is gone.
    if (error instanceof EngineError && error.kind !== "unavailable") return undefined;
    throw error;
  }
}

async function pastEvents(engine: EngineClient, id: string, seconds: number): Promise<EventMessage[]> {
  const now = Date.now() / 1000;
  const response = await engine.stream("SystemEvents", {
    query: {
      since: (now - seconds).toFixed(3),
      until: now.toFixed(3),
      filters: JSON.stringify({ container: [id], type: ["container"] }),
    },
  });
  return Array.fromAsync(jsonMessages<EventMessage>(response.body));
}

async function programOf(
  engine: EngineClient,
  container: ContainerInspectResponse,
  log: readonly string[] | undefined,
): Promise<ProgramFacts | undefined> {
  if (!container.Path || !programInDoubt({ container, log })) return undefined;
  try {
    return await lookAtProgram(new ContainerFiles(engine, container.Id ?? ""), {
      program: container.Path,
      env: container.Config?.Env ?? [],
      workingDirectory: container.Config?.WorkingDir ?? "",
    });
  } catch (error) {
    // What can be said without that look is still worth saying.
    if (error instanceof EngineError && error.kind !== "unavailable") return undefined;
    throw error;
  }
}

async function portHolderOf(
  container: ContainerInspectResponse,
  all: readonly ContainerSummary[],
  ask: GatherOptions["holderOfPort"],
): Promise<PortHolder | undefined> {
  const taken = takenPort(container.State?.Error ?? "");
  if (!taken || container.State?.Running) return undefined;
  const other = all.find(
    ({ Id: id, Ports: ports }) =>
      id !== container.Id &&
      ports?.some(
        ({ PublicPort: port, Type: protocol }) => port === taken.port && protocol === taken.protocol,
      ),
  );
  if (other) {
    const name = other.Names?.[0]?.replace(/^\//, "") ?? other.Id ?? "";
    return { port: taken.text, holder: `container ${JSON.stringify(name)}`, container: name };
  }
  if (!ask) return undefined;
  return { port: taken.text, holder: (await ask(taken.protocol, taken.address, taken.port)) ?? "" };
}

interface Need {
  readonly need: string;
  /** Name or id of the container. */
  readonly of: string;
}

async function dependenciesOf(
  engine: EngineClient,
  container: ContainerInspectResponse,
  all: readonly ContainerSummary[],
): Promise<Dependency[]> {
  const named = namedNeeds(container).map(({ need, of }) => ({ need, name: of, found: find(all, of) }));
  const composed = composeNeeds(container).flatMap(({ need, of }) => {
    const found = ofService(all, container.Config?.Labels?.["com.docker.compose.project"], of);
    return (found.length === 0 ? [undefined] : found).map((one) => ({ need, name: of, found: one }));
  });
  return Promise.all(
    [...named, ...composed].map(async ({ need, name, found }): Promise<Dependency> => {
      const details =
        found && (await orUndefined(engine.call("ContainerInspect", { params: { id: found.Id ?? "" } })));
      if (!details) return { need, name, state: "missing" };
      const health = details.State?.Health?.Status;
      return {
        need,
        name: details.Name?.replace(/^\//, "") ?? name,
        state: details.State?.Status ?? "unknown",
        ...(health && { health }),
        exitCode: details.State?.ExitCode ?? 0,
      };
    }),
  );
}

function namedNeeds({ HostConfig: host }: ContainerInspectResponse): Need[] {
  const modes = [
    ["network namespace", host?.NetworkMode],
    ["shared memory (ipc namespace)", host?.IpcMode],
    ["processes (pid namespace)", host?.PidMode],
  ] as const;
  const joined = modes.flatMap(([need, mode]) =>
    mode?.startsWith("container:") ? [{ need, of: mode.slice("container:".length) }] : [],
  );
  const volumes = (host?.VolumesFrom ?? []).map((text) => ({
    need: "volumes",
    of: text.split(":")[0] ?? "",
  }));
  const links = (host?.Links ?? []).map((text) => ({
    need: "link",
    of: (text.split(":")[0] ?? "").replace(/^\//, ""),
  }));
  return [...joined, ...volumes, ...links];
}

/** `db:service_healthy:false,cache:service_started:true` */
function composeNeeds({ Config: config }: ContainerInspectResponse): Need[] {
  const text = config?.Labels?.["com.docker.compose.depends_on"] ?? "";
  return text.split(",").flatMap((part) => {
    const [of = "", need = "service_started"] = part.split(":");
    return of === "" ? [] : [{ need, of }];
  });
}

function find(all: readonly ContainerSummary[], name: string): ContainerSummary | undefined {
  return all.find(({ Id: id, Names: names }) => id?.startsWith(name) || names?.includes(`/${name}`));
}

function ofService(all: readonly ContainerSummary[], project: string | undefined, service: string) {
  return all.filter(
    ({ Labels: labels }) =>
      labels?.["com.docker.compose.project"] === project &&
      labels?.["com.docker.compose.service"] === service,
  );
}
