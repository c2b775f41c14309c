import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { Endpoint } from "../../network/network.ts";
import type { Problem } from "../../network/problem.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { containerLock } from "../containers/locks.ts";
import type { EngineContext } from "../context.ts";
import { gatesPorts, standsBack } from "../health/stands-back.ts";
import type { NetworkFinding } from "../services/networks.ts";
import { attachedEndpoints, gatewaysOf, hasInterfaces } from "./endpoints.ts";
import { publishedEndpoint } from "./gateways.ts";

/**
 * Holds records against the kernel: bridges, interfaces, addresses, routes, rules. With `repair`
 * all of it is made as the records say, and what nothing stands for goes. Containers and networks
 * stand still meanwhile, so that nothing half made is taken for broken.
 */
export function checkNetworks(
  context: EngineContext,
  { repair }: { repair: boolean },
): Promise<NetworkFinding[]> {
  return holdingAll(context, () =>
    context.locks.run("networks", async () => {
      const isRunning = (id: string) => context.containers.get(id)?.isRunning ?? false;
      const findings = await look(context, isRunning, repair);
      for (const problem of await examineSafely(() => context.networking.examineRules())) {
        findings.push(await deal(problem, repair));
      }
      for (const { problem, mended } of findings) {
        if (mended) log.warn(`network check repaired: ${problem}`);
      }
      return findings;
    }),
  );
}

/**
 * One lock inside the other, oldest container first; nobody else ever holds two. Containers that
 * are made meanwhile are held as well, or, once all are, from their first moment on.
 */
async function holdingAll<T>(
  context: EngineContext,
  work: () => Promise<T>,
  held: Set<string> = new Set(),
): Promise<T> {
  const next = context.containers.all().find(({ id }) => !held.has(id));
  if (next) return containerLock(context, next, () => holdingAll(context, work, held.add(next.id)));
  const done = Promise.withResolvers<void>();
  using _ = context.containers.watchAdded((added) => {
    void containerLock(context, added, () => done.promise);
  });
  try {
    return await work();
  } finally {
    done.resolve();
  }
}

/** When an engine starts: everything as the records say, published ports last. Says what was mended. */
export async function restoreNetworks(
  context: EngineContext,
  isRunning: (id: string) => boolean,
): Promise<string[]> {
  const findings = await look(context, isRunning, true);
  const published = runningOf(context, isRunning).flatMap((container) => {
    const { record } = container;
    const endpoint = publishedEndpoint(gatewaysOf(record.id, record.endpoints));
    if (!endpoint || record.ports.length === 0) return [];
    return [
      {
        endpoint,
        containerName: record.name,
        ports: record.ports,
        standsBack: gatesPorts(record) && standsBack(container),
      },
    ];
  });
  return [
    ...findings.map(({ problem, failure }) =>
      failure ? `${problem}; it could not be mended: ${failure}` : problem,
    ),
    ...(await context.networking.ports.restore(published)),
  ];
}

const runningOf = (context: EngineContext, isRunning: (id: string) => boolean): LiveContainer[] =>
  context.containers.all().filter((container) => isRunning(container.id));

/** One kind after the other: what is mended first is looked at no more when the next is. */
async function look(
  context: EngineContext,
  isRunning: (id: string) => boolean,
  repair: boolean,
): Promise<NetworkFinding[]> {
  const { networking, records } = context;
  const running = runningOf(context, isRunning);
  const lent = context.lentSandboxes();
  const alive = [...running.flatMap(endpointsOf), ...lent.flatMap(({ endpoint }) => endpoint ?? [])];
  const lentIds = new Set(lent.map(({ id }) => id));
  const findings: NetworkFinding[] = [];
  const dealWith = async (examine: () => Promise<Problem[]>) => {
    for (const problem of await examineSafely(examine)) findings.push(await deal(problem, repair));
  };
  await dealWith(() => networking.examine((id) => isRunning(id) || lentIds.has(id), alive));
  for (const network of records.networks.list()) {
    if (!hasInterfaces(network)) continue;
    const own = alive.filter((attached) => attached.networkId === network.id);
    await dealWith(() => networking.driver(network).examine(network, own));
  }
  await dealWith(async () => running.flatMap((container) => examineRoutes(context, container)));
  return findings;
}

function endpointsOf({ record }: LiveContainer): Endpoint[] {
  const { ipv4, ipv6 } = gatewaysOf(record.id, record.endpoints);
  return attachedEndpoints(record.id, record.endpoints).map((endpoint) => {
    const isGateway = [ipv4, ipv6].some((gateway) => gateway?.endpointId === endpoint.endpointId);
    return record.ports.length > 0 && isGateway ? { ...endpoint, isPublished: true } : endpoint;
  });
}

/** Only that there is a way out: where it leads may be the container's own doing, as with a VPN. */
function examineRoutes(context: EngineContext, { record }: LiveContainer): Problem[] {
  const { networking } = context;
  if (!networking.sandbox(record.id)) return [];
  const gateways = gatewaysOf(record.id, record.endpoints);
  if (!gateways.ipv4 && !gateways.ipv6) return [];
  const has = networking.hasGateways(record.id);
  if ((!gateways.ipv4 || has.ipv4) && (!gateways.ipv6 || has.ipv6)) return [];
  return [
    {
      what: `container ${record.id.slice(0, 12)} has no default route`,
      mend: () => networking.setGateways(record.id, gateways),
    },
  ];
}

/** A network that cannot even be looked at is a finding like others, and must not hide them. */
async function examineSafely(examine: () => Promise<Problem[]>): Promise<Problem[]> {
  try {
    return await examine();
  } catch (error) {
    const what = messageOf(error);
    return [{ what, mend: () => Promise.reject(error) }];
  }
}

async function deal(problem: Problem, repair: boolean): Promise<NetworkFinding> {
  if (!repair) return { problem: problem.what, mended: false };
  try {
    await problem.mend();
    return { problem: problem.what, mended: true };
  } catch (error) {
    return { problem: problem.what, mended: false, failure: messageOf(error) };
  }
}
