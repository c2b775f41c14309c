import type { Contender } from "./contender.ts";
import { type Measure, must, timed } from "./measures.ts";

const userNetwork = "bench-network";

/** A container that was started on a network, in milliseconds of the start alone. */
async function start(engine: Contender, network: string): Promise<number> {
  const id = await must(engine, "create", "--network", network, "busybox", "sleep", "1000");
  try {
    return await timed(() => must(engine, "start", id));
  } finally {
    await must(engine, "rm", "-f", id);
  }
}

export const networkMeasures: readonly Measure[] = [
  {
    name: "network create",
    unit: "ms",
    bar: 0.5,
    rounds: 15,
    async run(engine, round) {
      const name = `bench-${round}`;
      const milliseconds = await timed(() => must(engine, "network", "create", name));
      await must(engine, "network", "rm", name);
      return milliseconds;
    },
  },
  {
    name: "network rm",
    unit: "ms",
    bar: 1,
    rounds: 15,
    async run(engine, round) {
      const name = `bench-${round}`;
      await must(engine, "network", "create", name);
      return timed(() => must(engine, "network", "rm", name));
    },
  },
  {
    name: "network connect, disconnect",
    unit: "ms",
    bar: 1,
    rounds: 11,
    async run(engine) {
      await must(engine, "network", "create", userNetwork);
      const id = await must(engine, "run", "-d", "busybox", "sleep", "1000");
      const milliseconds = await timed(async () => {
        await must(engine, "network", "connect", userNetwork, id);
        await must(engine, "network", "disconnect", userNetwork, id);
      });
      await must(engine, "rm", "-f", id);
      await must(engine, "network", "rm", userNetwork);
      return milliseconds;
    },
  },
  {
    name: "start: own network - bridge",
    unit: "ms",
    most: 5,
    rounds: 25,
    async run(engine, round) {
      if (round === 0) await must(engine, "network", "create", userNetwork);
      // In turns, each as often first: the second of two starts finds more in the caches.
      const order = round % 2 === 0 ? ["bridge", userNetwork] : [userNetwork, "bridge"];
      const took = new Map<string, number>();
      for (const network of order) took.set(network, await start(engine, network));
      return (took.get(userNetwork) ?? Number.NaN) - (took.get("bridge") ?? 0);
    },
    after: async (engine) => void (await must(engine, "network", "rm", userNetwork)),
  },
];
