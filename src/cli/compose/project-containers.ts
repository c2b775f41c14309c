import type { EngineClient } from "../../client/engine-client.ts";
import { labels } from "../../compose/labels.ts";
import { notFound } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import type { ContainerSummary } from "../../protocol/generated/types.ts";

export interface ContainerChoice {
  /** Empty: of all services. */
  readonly services?: readonly string[];
  /** Those that do not run as well. */
  readonly all?: boolean;
  /** Those that `run` made as well. */
  readonly oneOffs?: boolean;
}

/** Containers of a project, found by their labels: whoever made them. */
export async function projectContainers(
  engine: EngineClient,
  project: string,
  { services = [], all = false, oneOffs = false }: ContainerChoice = {},
): Promise<ContainerSummary[]> {
  const label = [
    `${labels.project}=${project.toLowerCase()}`,
    ...(services.length === 1 ? [`${labels.service}=${services[0]}`] : []),
    labels.configHash,
    ...(oneOffs ? [] : [`${labels.oneOff}=False`]),
  ];
  const query = { all: all || undefined, filters: JSON.stringify({ label }) };
  const found = await engine.call("ContainerList", { query });
  return services.length > 1 ? found.filter((container) => services.includes(serviceOf(container))) : found;
}

export interface OneContainer {
  readonly service: string;
  /** Its number among the replicas; 0: the first there is. */
  readonly index: number;
  readonly all?: boolean;
  readonly oneOffs?: boolean;
}

/** The container of a service that a command is about; those of `run` only where there is no other. */
export async function serviceContainer(
  engine: EngineClient,
  project: string,
  { service, index, all = false, oneOffs = true }: OneContainer,
): Promise<ContainerSummary & { readonly Id: string }> {
  const found = await projectContainers(engine, project, { services: [service], all, oneOffs });
  const asked = index > 0 ? found.filter((container) => numberOf(container) === index) : found;
  const [first] = asked.toSorted(
    (a, b) => Number(isOneOff(a)) - Number(isOneOff(b)) || numberOf(a) - numberOf(b),
  );
  if (!first?.Id) throw await notRunning(engine, project, service, index);
  return { ...first, Id: first.Id };
}

async function notRunning(engine: EngineClient, project: string, service: string, index: number) {
  const words = `service ${JSON.stringify(service)} is not running`;
  if (index > 0) return notFound(`${words} container #${index}`);
  const known: string[] = (await projectContainers(engine, project, { all: true })).map(serviceOf);
  const near = known.includes(service) ? undefined : nearest(service, known);
  return notFound(near === undefined ? words : `${words}\nDid you mean '${near}'?`);
}

export function serviceOf({ Labels: its }: ContainerSummary): string {
  return its?.[labels.service] ?? "";
}

export function numberOf({ Labels: its }: ContainerSummary): number {
  return Number(its?.[labels.number] ?? 0);
}

function isOneOff({ Labels: its }: ContainerSummary): boolean {
  return its?.[labels.oneOff] === "True";
}
