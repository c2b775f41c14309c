import { conflict, forbidden, invalidArgument, notFound, notImplemented } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { familyOf } from "../../lib/ip.ts";
import { now } from "../../lib/timestamp.ts";
import { span } from "../../lib/trace.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";
import type { CreateNetworkRequest } from "../services/networks.ts";
import { checkPools } from "./ipam-request.ts";
import { isPredefinedNetwork } from "./predefined.ts";

/**
 * Makes a network: bridge and rules first, the record last. What an engine that dies in between
 * has made is on no record, so the next one takes it away.
 */
export async function createNetwork(
  context: EngineContext,
  asked: CreateNetworkRequest,
): Promise<NetworkRecord> {
  const request = withConfiguration(context, asked);
  checkRequest(request);
  // One after another: each looks for addresses that the others leave free.
  return context.locks.run("networks", () => create(context, request));
}

async function create(context: EngineContext, request: CreateNetworkRequest): Promise<NetworkRecord> {
  const { networks } = context.records;
  if (networks.list().some((network) => network.name === request.name)) {
    throw conflict(`network with name ${request.name} already exists`);
  }
  const record = plan(context, request);
  if (request.configOnly) {
    networks.insert(record);
    return record;
  }
  const driver = context.networking.driver(record);
  await using undo = new AsyncDisposableStack();
  await span("network.create", () => driver.create(record));
  undo.defer(() => driver.remove(record));
  await failpoint("network.record");
  networks.insert(record);
  undo.move();
  context.events.publish("network", "create", record.id, { name: record.name, type: record.driver });
  return record;
}

function plan(context: EngineContext, request: CreateNetworkRequest): NetworkRecord {
  const { ipv4, ipv6 } = familiesOf(request);
  const { pools: wanted } = request.ipam;
  const families = [...(ipv4 ? ([4] as const) : []), ...(ipv6 ? ([6] as const) : [])];
  const pools = request.configOnly ? wanted : context.networking.planPools(wanted, families, request.driver);
  return {
    id: newNetworkId(),
    name: request.name,
    created: now(),
    driver: request.configOnly ? "null" : request.driver,
    scope: "local",
    internal: request.internal,
    attachable: request.attachable,
    enableIpv4: ipv4,
    enableIpv6: ipv6,
    ipam: { driver: request.ipam.driver, options: request.ipam.options, pools },
    options: request.options,
    labels: request.labels,
    ...(request.configOnly && { configOnly: true }),
    ...(request.configFrom && { configFrom: request.configFrom }),
  };
}

function newNetworkId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
}

/** A network made from a configuration has what that says, and nothing else. */
function withConfiguration(context: EngineContext, request: CreateNetworkRequest): CreateNetworkRequest {
  const { configFrom } = request;
  if (!configFrom) return request;
  const configuration = context.records.networks
    .list()
    .find((network) => network.configOnly && network.name === configFrom);
  if (!configuration) throw notFound(`configuration network ${JSON.stringify(configFrom)} does not exist`);
  const isPlain =
    request.ipam.pools.length === 0 &&
    [request.options, request.labels, request.ipam.options].every((map) => Object.keys(map).length === 0);
  if (!isPlain || request.configOnly) {
    throw forbidden(
      "user-specified configurations are not supported if the network depends on a configuration network",
    );
  }
  const { ipam, options, labels, enableIpv4, enableIpv6, internal } = configuration;
  return {
    ...request,
    ipam,
    options,
    labels,
    enableIpv4,
    enableIpv6,
    internal: internal || request.internal,
  };
}

const drivers = new Set(["bridge", "macvlan", "host", "null"]);

function checkRequest(request: CreateNetworkRequest): void {
  const { name, driver, scope, ipam } = request;
  if (name.trim() === "") throw invalidArgument("invalid name: name is empty");
  if (isPredefinedNetwork(name)) {
    throw forbidden(`operation is not permitted on predefined ${name} network `);
  }
  // A container with such a network mode would mean another container's network.
  if (name.startsWith("container:")) throw invalidArgument(`invalid network name ${JSON.stringify(name)}`);
  if (driver === "overlay") {
    throw forbidden(
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    );
  }
  if (driver === "ipvlan") throw notImplemented('the "ipvlan" network driver is not built: use macvlan');
  if (!drivers.has(driver)) throw notFound(`plugin ${JSON.stringify(driver)} not found`);
  if (request.ingress) throw forbidden("Ingress network can only be global scope network");
  if (scope === "swarm") throw forbidden("cannot create a swarm scoped network when swarm is not active");
  if (scope !== "local") throw invalidArgument(`invalid network scope ${JSON.stringify(scope)}`);
  if (ipam.driver === "null") {
    throw notImplemented('the "null" IPAM driver is not built: networks without addresses are not supported');
  }
  if (ipam.driver !== "default") throw notFound(`plugin ${JSON.stringify(ipam.driver)} not found`);
  const [option] = Object.keys(ipam.options);
  if (option !== undefined) {
    throw invalidArgument(`IPAM option ${JSON.stringify(option)} is not known to the default driver`);
  }
  checkPools(ipam.pools);
  const { ipv4, ipv6 } = familiesOf(request);
  if (!ipv4 && !ipv6) throw invalidArgument("IPv4 or IPv6 must be enabled");
  for (const { subnet } of ipam.pools) {
    const family = familyOf(subnet);
    if (family === 4 ? ipv4 : ipv6) continue;
    const flag = family === 6 ? ": add --ipv6" : "";
    throw invalidArgument(
      `subnet ${subnet} is of IPv${family}, which is not enabled on network ${name}${flag}`,
    );
  }
}

/** The fields decide; else the options that stand for them; else IPv4 alone. */
function familiesOf(request: CreateNetworkRequest): { ipv4: boolean; ipv6: boolean } {
  return {
    ipv4: request.enableIpv4 ?? optionFlag(request.options, "com.docker.network.enable_ipv4") ?? true,
    ipv6: request.enableIpv6 ?? optionFlag(request.options, "com.docker.network.enable_ipv6") ?? false,
  };
}

function optionFlag(options: Readonly<Record<string, string>>, name: string): boolean | undefined {
  const value = options[name];
  if (value === undefined || value === "") return undefined;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalidArgument(`driver-opt ${JSON.stringify(name)} is not a valid bool`);
}
