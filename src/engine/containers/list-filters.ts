import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { Digest } from "../../oci/digest.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { Filters } from "../filters.ts";
import {
  booleanFilter,
  filterValues,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  refuseUnknownFilters,
} from "../filters.ts";
import { nanosOf } from "../moments.ts";
import type { ContainerListQuery } from "../services/containers.ts";
import { portsOfFilter } from "./port-filter.ts";

const accepted =
  "ancestor before exited expose health id is-task isolation label name network publish since status volume".split(
    " ",
  );
const statuses = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];
const healths = ["none", "starting", "healthy", "unhealthy"];

export interface ContainerFilterContext {
  /** Images named by `ancestor`, and all that were made from them. */
  readonly ancestors: ReadonlySet<Digest>;
}

/** What `docker ps` shows, newest first. `all` is implied by a limit and by a status filter. */
export function selectContainers(
  records: readonly ContainerRecord[],
  query: ContainerListQuery,
  context: ContainerFilterContext,
): ContainerRecord[] {
  checkContainerFilters(query.filters);
  const all = query.all || query.limit > 0 || query.filters.has("status");
  const selected = between(newestFirst(records), query.filters).filter(
    (record) => (all || isRunning(record)) && matchesFilters(record, query.filters, context),
  );
  return query.limit > 0 ? selected.slice(0, query.limit) : selected;
}

export function newestFirst(records: readonly ContainerRecord[]): ContainerRecord[] {
  const keyed = records.map((record) => ({ record, created: nanosOf(record.created) }));
  keyed.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
  return keyed.map(({ record }) => record);
}

/** Throws for unknown filters and for values that cannot be. */
export function checkContainerFilters(filters: Filters): void {
  refuseUnknownFilters(filters, accepted);
  for (const value of filterValues(filters, "exited")) {
    if (!/^[-+]?\d+$/.test(value)) {
      const reason = `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`;
      throw invalidArgument(`invalid filter 'exited=${value}': ${reason}`);
    }
  }
  checkWord(filters, "status", "state", statuses);
  checkWord(filters, "health", "health", healths);
  booleanFilter(filters, "is-task");
  for (const name of ["publish", "expose"]) portsOfFilter(filters, name);
}

function checkWord(filters: Filters, name: string, word: string, known: readonly string[]): void {
  for (const value of filterValues(filters, name)) {
    if (known.includes(value)) continue;
    const reason = `invalid value for ${word} (${value}): must be one of ${known.join(", ")}`;
    throw invalidArgument(`invalid filter '${name}=${value}': ${reason}`);
  }
}

/** Cuts a list that is sorted newest first down to what is `before` and `since` other containers. */
function between(sorted: readonly ContainerRecord[], filters: Filters): readonly ContainerRecord[] {
  const place = (name: string) => {
    const wanted = filterValues(filters, name).at(-1);
    if (wanted === undefined) return undefined;
    const plain = wanted.replace(/^\//, "");
    const exact = sorted.findIndex((record) => record.id === wanted || record.name === plain);
    const at = exact >= 0 ? exact : sorted.findIndex((record) => plain !== "" && record.id.startsWith(plain));
    if (at < 0) throw notFound(`No such container: ${wanted}`);
    return at;
  };
  const before = place("before");
  return sorted.slice(before === undefined ? 0 : before + 1, place("since"));
}

/** All filters except `before` and `since`, which need the whole list. */
export function matchesFilters(
  record: ContainerRecord,
  filters: Filters,
  context: ContainerFilterContext,
): boolean {
  return (
    matchesIdentity(record, filters) &&
    matchesState(record, filters) &&
    matchesLabels(filters, "label", record.config.Labels) &&
    matchesExactly(filters, "isolation", record.hostConfig.Isolation || "default") &&
    (!filters.has("ancestor") || context.ancestors.has(record.image)) &&
    matchesVolume(record, filters) &&
    matchesNetwork(record, filters) &&
    matchesPorts(record, filters)
  );
}

function matchesIdentity(record: ContainerRecord, filters: Filters): boolean {
  const ids = filterValues(filters, "id");
  return (
    (ids.length === 0 || ids.some((id) => id !== "" && record.id.startsWith(id))) &&
    (matchesPattern(filters, "name", `/${record.name}`) || matchesPattern(filters, "name", record.name)) &&
    // Tasks are Swarm's; none of ours is one.
    booleanFilter(filters, "is-task") !== true
  );
}

function matchesState({ state, health }: ContainerRecord, filters: Filters): boolean {
  const codes = filterValues(filters, "exited");
  const exitCode = state.status === "exited" || state.status === "dead" ? state.exitCode : undefined;
  return (
    matchesExactly(filters, "status", state.status) &&
    matchesExactly(filters, "health", health?.status ?? "none") &&
    (codes.length === 0 || codes.some((code) => Number(code) === exitCode))
  );
}

function matchesVolume(record: ContainerRecord, filters: Filters): boolean {
  const wanted = filterValues(filters, "volume");
  return (
    wanted.length === 0 ||
    record.mounts.some((mount) =>
      [mount.name || mount.source, mount.destination].some((text) => text !== "" && wanted.includes(text)),
    )
  );
}

function matchesNetwork(record: ContainerRecord, filters: Filters): boolean {
  const wanted = filterValues(filters, "network");
  return (
    wanted.length === 0 ||
    Object.entries(record.endpoints).some(([name, endpoint]) =>
      wanted.some((value) => value === name || endpoint.networkId.startsWith(value)),
    )
  );
}

/** `publish` and `expose` are alternatives to each other, and look at running containers only. */
function matchesPorts(record: ContainerRecord, filters: Filters): boolean {
  const published = portsOfFilter(filters, "publish");
  const exposed = portsOfFilter(filters, "expose");
  if (published.size === 0 && exposed.size === 0) return true;
  if (!isRunning(record)) return false;
  return (
    record.ports.some((port) => published.has(`${port.hostPort}/${port.protocol}`)) ||
    record.ports.some((port) => exposed.has(`${port.containerPort}/${port.protocol}`)) ||
    Object.keys(record.config.ExposedPorts ?? {}).some((port) =>
      exposed.has(port.includes("/") ? port : `${port}/tcp`),
    )
  );
}

function isRunning({ state }: ContainerRecord): boolean {
  return state.status === "running" || state.status === "paused" || state.status === "restarting";
}
