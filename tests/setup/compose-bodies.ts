import { dirname } from "node:path";
import type { ComposeRequest } from "./compose-recorder.ts";

/** What both sides are brought to before they are compared. */
const anyOrder = new Set(["Env", "Binds", "Mounts", "Links", "ExtraHosts", "Ulimits"]);
/** Where nothing and an empty list are not the same. */
const meaningful = new Set(["Cmd", "Entrypoint", "MaskedPaths", "ReadonlyPaths"]);

export function comparableRequests(requests: readonly ComposeRequest[], directory: string): unknown {
  const text = JSON.stringify(requests)
    .replaceAll(directory, "DIRECTORY")
    .replaceAll(dirname(directory), "PARENT");
  const all = (JSON.parse(text) as ComposeRequest[]).map(({ path, query, body }) => ({
    path,
    query: (comparable(query) ?? {}) as ComposeRequest["query"],
    body: comparable(body) ?? {},
  }));
  return all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ path, query, body }: ComposeRequest): string =>
  `${path} ${query.name ?? ""} ${(body as { Name?: string }).Name ?? ""} ${JSON.stringify(body)}`;

/** Without zero values, keys in order; undefined when nothing is left. */
function comparable(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0) return meaningful.has(key) ? value : undefined;
    const items = value.map((item) => comparable(item, "item") ?? item);
    return anyOrder.has(key) ? items.toSorted(byText) : items;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .map(([name, inner]) => [name, ofField(name, inner, key)] as const)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return entries.length > 0 || key === "PortBindings" ? Object.fromEntries(entries) : undefined;
  }
  return value === null || value === "" || value === 0 || value === false ? undefined : value;
}

/** Names of ports, paths and labels are there even with nothing behind them. */
function ofField(name: string, inner: unknown, parent: string): unknown {
  if (name === "com.docker.compose.depends_on") return String(inner).split(",").sort().join(",");
  const isMap = ["ExposedPorts", "Tmpfs", "Labels", "Options", "Config", "DriverOpts"].includes(parent);
  if (isMap && (inner === "" || JSON.stringify(inner) === "{}")) return inner;
  // A terminal nobody has.
  if (name === "ConsoleSize") return undefined;
  return comparable(inner, name);
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const hash = /("com.docker.compose.config-hash":")[0-9a-f]{64}"/g;

/** Hashes of services that have absolute paths are others in every place. */
export const withoutHashes = (requests: unknown): unknown =>
  JSON.parse(JSON.stringify(requests).replace(hash, '$1of a place"'));
