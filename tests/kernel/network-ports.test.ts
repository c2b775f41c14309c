import { expect, test } from "bun:test";
import type { PortWish, Sandbox } from "../../src/network/network.ts";
import { connectInNamespace } from "../../src/sys/namespace-connection.ts";
import { inNetworkNamespace } from "../../src/sys/namespaces.ts";
import { ask, inside, run, serve, useNetworkBench, wish } from "./network-bench.ts";

const bench = useNetworkBench();

test("a published port answers on loopback, host address, from a neighbour and from itself", async () => {
  const one = await bench().up("one");
  const two = await bench().up("two");
  const server = serve(one.sandbox, 80, "hello");
  try {
    const ports = await bench().net.ports.publish(one.endpoint, "one", [wish("", 18080)]);
    expect(ports).toEqual([{ containerPort: 80, protocol: "tcp", hostIp: "0.0.0.0", hostPort: 18080 }]);
    expect(await run(ask("127.0.0.1", 18080))).toStartWith("hello");
    expect(await run(ask("10.213.0.1", 18080))).toStartWith("hello");
    expect(await inside(two.sandbox, ask("10.213.0.1", 18080))).toStartWith("hello");
    expect(await inside(one.sandbox, ask("10.213.0.1", 18080))).toStartWith("hello");
    await bench().net.ports.unpublish("one");
    expect(await run(ask("127.0.0.1", 18080))).toContain("refused");
  } finally {
    server.stop(true);
  }
});

test("a large answer comes through a published port whole, on loopback", async () => {
  const { sandbox, endpoint } = await bench().up("one");
  const data = Buffer.alloc(32 * 1024 * 1024, "0123456789abcdef!");
  const server = inNetworkNamespace(sandbox.path, () =>
    Bun.serve({ hostname: "0.0.0.0", port: 80, fetch: () => new Response(data) }),
  );
  try {
    await bench().net.ports.publish(endpoint, "one", [wish("127.0.0.1", 18080)]);
    const began = performance.now();
    // Not by fetch, whose thread may live outside of this test's host.
    const answer = await run("curl -s http://127.0.0.1:18080/ | sha256sum");
    expect(answer).toBe(`${new Bun.CryptoHasher("sha256").update(data).digest("hex")}  -`);
    // Gigabits are normal; a broken path (lost or resent segments) takes seconds.
    expect(performance.now() - began).toBeLessThan(2000);
  } finally {
    await server.stop(true);
  }
});

test("a thousand ports at once are one transaction, and a clash in the middle undoes it", async () => {
  const { endpoint } = await bench().up("one");
  const thousand = Array.from({ length: 1000 }, (_, index) => wish("", 20000 + index, 1 + index));
  await bench().net.ports.publish(endpoint, "one", thousand);
  const rules = async () =>
    Number(await run("nft list map ip hull_hk0 published_on_any | grep -o 10.213.0.2 | wc -l"));
  expect(await rules()).toBe(1000);
  const again = bench().net.ports.publish(endpoint, "one", [
    wish("", 19999),
    wish("", 20500),
    wish("", 21001),
  ]);
  expect(again).rejects.toThrow("Bind for 0.0.0.0:20500 failed: port is already allocated");
  await again.catch(() => {});
  await bench().net.ports.unpublish("one");
  expect(await rules()).toBe(0);
});

test("connectInNamespace reaches a server on the container's own loopback and reports a refusal", async () => {
  const { sandbox } = await bench().up("one");
  const server = inNetworkNamespace(sandbox.path, () =>
    Bun.listen({
      hostname: "127.0.0.1",
      port: 8000,
      socket: {
        data: (socket, data) => {
          socket.end(`got ${data}`);
        },
      },
    }),
  );
  try {
    const signal = AbortSignal.timeout(5000);
    const answer = Promise.withResolvers<string>();
    const connection = await connectInNamespace(
      sandbox.path,
      { host: "127.0.0.1", port: 8000, protocol: "tcp" },
      { data: (_, data) => answer.resolve(data.toString()) },
      signal,
    );
    connection.write("probe");
    expect(await answer.promise).toBe("got probe");
    connection.end();
    const nobody = { host: "127.0.0.1", port: 8001, protocol: "tcp" } as const;
    expect(connectInNamespace(sandbox.path, nobody, { data: () => {} }, signal)).rejects.toThrow(
      "connect to 127.0.0.1:8001 in the container: ECONNREFUSED",
    );
  } finally {
    server.stop(true);
  }
});

test("a taken port is refused naming the container or the process, and a range goes round it", async () => {
  const one = await bench().up("one");
  const two = await bench().up("two");
  await bench().net.ports.publish(one.endpoint, "web", [wish("", 18081)]);
  const again = bench().net.ports.publish(two.endpoint, "two", [
    wish("127.0.0.1", 18082),
    wish("127.0.0.1", 18081),
  ]);
  expect(again).rejects.toThrow(
    `driver failed programming external connectivity on endpoint two (${two.endpoint.endpointId}): Bind for 127.0.0.1:18081 failed: port is already allocated (it is held by container "web")`,
  );
  await again.catch(() => {});
  const stranger = Bun.listen({ hostname: "127.0.0.1", port: 18083, socket: { data: () => {} } });
  try {
    const refused = bench().net.ports.publish(two.endpoint, "two", [wish("", 18083)]);
    await refused.catch((error) => {
      expect(error.message).toContain(
        "Bind for 0.0.0.0:18083 failed: port is already allocated (it is held by process",
      );
      expect(error.message).toContain(`pid ${process.pid})`);
    });
    expect(refused).rejects.toThrow();
    const range = { ...wish("", 18081), hostPortLast: 18084 };
    expect((await bench().net.ports.publish(two.endpoint, "two", [range]))[0]?.hostPort).toBe(18082);
    const any = await bench().net.ports.publish(two.endpoint, "two", [wish("", 0)]);
    expect(any[0]?.hostPort).toBeGreaterThan(1023);
  } finally {
    stranger.stop(true);
  }
  expect(() => Bun.listen({ hostname: "0.0.0.0", port: 18081, socket: { data: () => {} } })).toThrow();
  await bench().net.ports.unpublish("one");
  Bun.listen({ hostname: "0.0.0.0", port: 18081, socket: { data: () => {} } }).stop(true);
});

test("what cannot be published is refused in words", async () => {
  const { endpoint } = await bench().up("one");
  const refused = async (one: PortWish, words: string) => {
    const error = await bench()
      .net.ports.publish(endpoint, "one", [one])
      .catch((caught) => caught);
    expect(error.message).toContain(words);
  };
  await refused(wish("::", 18081), 'publishing on "::" is not available: the container has no IPv6 address');
  await refused(wish("198.51.100.7", 18081), "cannot assign requested address");
});

test("SCTP is published where the kernel has it, else refused in words", async () => {
  const { endpoint } = await bench().up("one");
  const outcome = await bench()
    .net.ports.publish(endpoint, "one", [{ ...wish("", 18081), protocol: "sctp" }])
    .catch((caught: Error) => caught.message);
  // Asked afterwards: the kernel loads it when the first socket is made.
  if (await Bun.file("/proc/net/sctp/snmp").exists()) {
    expect(outcome).toMatchObject([{ protocol: "sctp", hostPort: 18081 }]);
  } else {
    expect(outcome).toContain("this kernel has no SCTP");
  }
});

test("a published UDP port follows the container even for a client that keeps its source port", async () => {
  const client = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0, socket: {} });
  const sourcePort = client.port;
  client.close();
  const talk = async (word: string) => {
    const { sandbox, endpoint } = await bench().up(word);
    const server = await inNamespaceUdp(sandbox, 53, word);
    await bench().net.ports.publish(endpoint, word, [wish("", 18053, 53, "udp")]);
    const reply = await askDatagram(sourcePort, 18053);
    server.close();
    return { reply, running: { sandbox, endpoint } };
  };
  const first = await talk("first");
  expect(first.reply).toBe("first");
  // The next container has another address; the flow of before must not lead to the old one.
  const filler = await bench().up("filler");
  await bench().down(first.running);
  const blocker = await bench().up("blocker");
  expect(blocker.endpoint.ipAddress).toBe(first.running.endpoint.ipAddress);
  expect((await talk("second")).reply).toBe("second");
  expect(filler.endpoint.ipAddress).toBe("10.213.0.3");
});

/** A datagram server in a sandbox that answers everything with one word. */
function inNamespaceUdp(sandbox: Sandbox, port: number, word: string) {
  return started(
    Bun.spawn(
      [
        "nsenter",
        `--net=${sandbox.path}`,
        process.execPath,
        "-e",
        `const s = await Bun.udpSocket({ hostname: "0.0.0.0", port: ${port}, socket: { data: (s, d, p, a) => s.send("${word}", p, a) } }); console.log("ready");`,
      ],
      { stdout: "pipe" },
    ),
  );
}

async function started(child: Bun.Subprocess<"ignore", "pipe", "inherit">) {
  const reader = child.stdout.getReader();
  await reader.read();
  return { close: () => child.kill() };
}

/** One datagram from a fixed source port, sent until it is answered. */
async function askDatagram(sourcePort: number, port: number): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port: sourcePort,
    socket: { data: (_, data) => answer.resolve(data.toString()) },
  });
  const timer = setInterval(() => socket.send("?", port, "127.0.0.1"), 20);
  const timeout = setTimeout(() => answer.resolve("no answer"), 3000);
  try {
    return await answer.promise;
  } finally {
    clearInterval(timer);
    clearTimeout(timeout);
    socket.close();
  }
}

test("containers share a datagram port: every flow has one of them, and moves on when it leaves", async () => {
  const shared: PortWish = { ...wish("127.0.0.1", 18054, 53, "udp"), shared: true };
  const words = ["one", "two"];
  const up = await Promise.all(
    words.map(async (word) => {
      const running = await bench().up(word);
      return { ...running, server: await inNamespaceUdp(running.sandbox, 53, word) };
    }),
  );
  for (const [at, { endpoint }] of up.entries()) {
    await bench().net.ports.publish(endpoint, words[at] ?? "", [shared]);
  }
  const sources = await Promise.all(words.map(freeDatagramPort));
  const answers = [];
  for (const source of sources) answers.push(await askDatagram(source, 18054));
  expect([...answers].sort()).toEqual(words);
  // The same source port is the same flow.
  expect(await askDatagram(sources[0] ?? 0, 18054)).toBe(answers[0] ?? "");
  await bench().net.ports.unpublish(answers[0] ?? "");
  expect(await askDatagram(sources[0] ?? 0, 18054)).toBe(answers[1] ?? "");
  expect(await askDatagram(sources[1] ?? 0, 18054)).toBe(answers[1] ?? "");
  for (const { server } of up) server.close();
});

test("a process on an IPv6 port is named", async () => {
  const { endpoint } = await bench().up("one");
  const stranger = Bun.listen({ hostname: "::", port: 18084, socket: { data: () => {} } });
  try {
    const refused = bench().net.ports.publish(endpoint, "one", [wish("", 18084)]);
    await refused.catch(() => {});
    expect(refused).rejects.toThrow(`pid ${process.pid})`);
  } finally {
    stranger.stop(true);
  }
});

async function freeDatagramPort(): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0, socket: {} });
  const { port } = socket;
  socket.close();
  return port;
}
