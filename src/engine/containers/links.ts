import { invalidArgument } from "../../errors/engine-error.ts";

export interface Link {
  /** Name or id of the other container. */
  readonly container: string;
  readonly alias: string;
}

/** `name`, `name:alias`, or `/name:/this/alias` as inspect prints links of containers that exist. */
export function parseLink(text: string): Link {
  if (text === "") throw invalidArgument("empty string specified for links");
  const [container = "", alias, ...more] = text.split(":");
  if (more.length > 0 || container === "" || alias === "") {
    throw invalidArgument(`bad format for links: ${text}`);
  }
  if (alias === undefined) return { container, alias: container };
  if (!container.startsWith("/")) return { container, alias };
  return { container: container.slice(1), alias: alias.slice(alias.lastIndexOf("/") + 1) };
}

export interface LinkedContainer {
  readonly alias: string;
  /** Name of the container that has the link. */
  readonly parentName: string;
  readonly ipAddress: string;
  readonly env: readonly string[];
  readonly exposedPorts: Readonly<Record<string, object>> | undefined;
}

interface Port {
  readonly number: number;
  readonly protocol: string;
}

/**
 * The variables a container gets of another it is linked to on the default bridge:
 * `DB_PORT=tcp://…`, `DB_PORT_5432_TCP_ADDR`, …, `DB_NAME`, `DB_ENV_…`. Runs of
 * neighbouring ports have `_START` and `_END` as well.
 */
export function linkEnvironment(link: LinkedContainer): string[] {
  const alias = link.alias.toUpperCase().replaceAll("-", "_");
  const ports = sortedPorts(link.exposedPorts ?? {});
  const address = (port: Port) => `${port.protocol}://${link.ipAddress}:${port.number}`;
  const prefix = (port: Port) => `${alias}_PORT_${port.number}_${port.protocol.toUpperCase()}`;
  const [first] = ports;
  return [
    ...(first === undefined ? [] : [`${alias}_PORT=${address(first)}`]),
    ...ports.flatMap((port) => [
      `${prefix(port)}=${address(port)}`,
      `${prefix(port)}_ADDR=${link.ipAddress}`,
      `${prefix(port)}_PORT=${port.number}`,
      `${prefix(port)}_PROTO=${port.protocol}`,
    ]),
    ...runsOf(ports).flatMap(([start, end]) => [
      `${prefix(start)}_START=${address(start)}`,
      `${prefix(start)}_PORT_START=${start.number}`,
      `${prefix(start)}_END=${address(end)}`,
      `${prefix(start)}_PORT_END=${end.number}`,
    ]),
    `${alias}_NAME=/${link.parentName}/${link.alias}`,
    ...link.env
      .filter((variable) => variable.includes("=") && !/^(?:HOME|PATH)=/.test(variable))
      .map((variable) => `${alias}_ENV_${variable}`),
  ];
}

/** tcp before the others, then by number. */
function sortedPorts(exposed: Readonly<Record<string, object>>): Port[] {
  const ports = Object.keys(exposed).map((text): Port => {
    const [number, protocol = "tcp"] = text.split("/", 2);
    return { number: Number.parseInt(number ?? "", 10), protocol: protocol.toLowerCase() };
  });
  const rank = (port: Port) => (port.protocol === "tcp" ? "" : port.protocol);
  return ports.sort((a, b) => rank(a).localeCompare(rank(b)) || a.number - b.number);
}

/** First and last of every run of at least two neighbouring ports of one protocol. */
function runsOf(ports: readonly Port[]): (readonly [Port, Port])[] {
  const runs: (readonly [Port, Port])[] = [];
  let start: Port | undefined;
  for (const [index, port] of ports.entries()) {
    start ??= port;
    const next = ports[index + 1];
    if (next?.protocol === port.protocol && next.number === port.number + 1) continue;
    if (start !== port) runs.push([start, port]);
    start = undefined;
  }
  return runs;
}
