import { describe, expect, test } from "bun:test";
import { question, reply, textOfRecords } from "../../../tests/fakes/dns-packets.ts";
import { FakeUpstreams, type Heard, ManualTimers } from "../../../tests/fakes/upstream-network.ts";
import type { ResolvedContainer } from "../names.ts";
import { Forwarder, type ForwardLimits } from "./forwarder.ts";
import { parseQuery, rcode, u16 } from "./message.ts";

const address = [192, 0, 2, 1];
const answered = (heard: Heard) => heard.events.packet(reply(heard.packet, { addresses: [address] }));

function bench(more: { limits?: ForwardLimits; hostServers?: string[] } = {}) {
  const timers = new ManualTimers();
  const network = new FakeUpstreams();
  let id = 1000;
  const forwarder = new Forwarder({
    network,
    timers,
    hostServers: () => more.hostServers ?? ["127.0.0.53"],
    randomId: () => ++id,
    ...(more.limits && { limits: more.limits }),
  });
  const ask = (
    packet: Uint8Array,
    { servers = ["10.0.0.1", "10.0.0.2"], id = "asker", transport = "udp" as "udp" | "tcp" } = {},
  ) => {
    const asker: ResolvedContainer = {
      containerId: id,
      sandboxPath: `/ns/${id}`,
      endFile: "/never",
      endpoints: [],
      ownNames: {},
      hostAddresses: [],
      asksOutside: true,
      servers,
      searchFirst: false,
    };
    const parsed = parseQuery(packet);
    if (parsed.kind !== "query") throw new Error("not a question");
    const result: { answer: Uint8Array | undefined; isOver: boolean } = { answer: undefined, isOver: false };
    forwarder.ask(asker, packet, parsed.query, transport, (answer) => {
      if (result.isOver) throw new Error("answered twice");
      result.isOver = true;
      result.answer = answer && new Uint8Array(answer);
    });
    return result;
  };
  return { timers, network, forwarder, ask };
}

const texts = (answer: Uint8Array | undefined) => answer && textOfRecords(answer);

describe("Forwarder", () => {
  test("passes an answer on with the asker's id and spelling", () => {
    const { network, ask, timers } = bench();
    network.behave = answered;
    const { answer } = ask(question("www.ExAmple.test", { id: 77 }));
    expect(texts(answer)).toEqual(["1 192.0.2.1 ttl 60"]);
    expect(u16(answer ?? Buffer.alloc(2), 0)).toBe(77);
    expect(Buffer.from(answer ?? []).toString("latin1")).toContain("ExAmple");
    expect(u16(network.heard[0]?.packet ?? Buffer.alloc(2), 0)).toBe(1001);
    expect([network.open, timers.waiting]).toEqual([0, 0]);
  });

  test("asks servers of the host from the host, chosen ones from the container, never itself", () => {
    const { network, ask } = bench();
    ask(question("a.test"), { servers: [] });
    ask(question("b.test"), { servers: ["127.0.0.11", "10.0.0.9"] });
    expect(network.heard.map(({ target }) => target)).toEqual([
      { address: "127.0.0.53", namespace: undefined },
      { address: "10.0.0.9", namespace: "/ns/asker" },
    ]);
    expect(ask(question("c.test"), { servers: ["127.0.0.11"] })).toEqual({ answer: undefined, isOver: true });
  });

  test("keeps an answer, and gives it to the next with the time that is left", () => {
    const { network, ask, timers } = bench();
    network.behave = answered;
    ask(question("a.test", { id: 1 }));
    timers.pass(10_000);
    expect(texts(ask(question("A.test", { id: 2 })).answer)).toEqual(["1 192.0.2.1 ttl 50"]);
    expect(network.heard).toHaveLength(1);
    ask(question("a.test", { type: 28 }));
    ask(question("a.test", { edns: 1232 }));
    ask(question("a.test"), { id: "another", servers: ["10.0.0.1", "10.0.0.2"] });
    expect(network.heard).toHaveLength(4);
    timers.pass(60_000);
    ask(question("a.test"));
    expect(network.heard).toHaveLength(5);
  });

  test("keeps that a name is not there as long as its zone says", () => {
    const { network, ask, timers } = bench();
    network.behave = (heard) =>
      heard.events.packet(reply(heard.packet, { rcode: rcode.nameError, negativeTtl: 20 }));
    ask(question("no.test"));
    timers.pass(19_000);
    expect(ask(question("no.test")).answer?.[3]).toBe(0x80 | rcode.nameError);
    expect(network.heard).toHaveLength(1);
    timers.pass(2_000);
    ask(question("no.test"));
    expect(network.heard).toHaveLength(2);
  });

  test("sends one question for all who ask it meanwhile", () => {
    const { network, ask } = bench();
    const all = [1, 2, 3].map((id) => ask(question("a.test", { id })));
    expect(network.heard).toHaveLength(1);
    if (network.heard[0]) answered(network.heard[0]);
    expect(all.map(({ answer }) => u16(answer ?? Buffer.alloc(2), 0))).toEqual([1, 2, 3]);
  });

  test("asks a second server when the first is silent, takes whichever answers, asks the silent one last", () => {
    const { network, ask, timers } = bench();
    const result = ask(question("a.test"));
    timers.pass(799);
    expect(network.asked).toEqual(["10.0.0.1 udp"]);
    timers.pass(1);
    expect(network.asked).toEqual(["10.0.0.1 udp", "10.0.0.2 udp"]);
    if (network.heard[1]) answered(network.heard[1]);
    expect(texts(result.answer)).toHaveLength(1);
    expect(network.open).toBe(0);
    ask(question("b.test"));
    expect(network.asked.at(-1)).toBe("10.0.0.2 udp");
    timers.pass(31_000);
    ask(question("c.test"));
    expect(network.asked.at(-1)).toBe("10.0.0.1 udp");
  });

  test("asks the next at once when one refuses, fails, or cannot be reached", () => {
    const { network, ask } = bench();
    for (const fail of [
      (heard: Heard) => heard.events.failed(),
      (heard: Heard) => heard.events.packet(reply(heard.packet, { rcode: rcode.serverFailure })),
      (heard: Heard) => heard.events.packet(reply(heard.packet, { rcode: rcode.refused })),
      () => {
        throw new Error("no route");
      },
    ]) {
      network.heard.length = 0;
      network.behave = (heard) => (heard.target.address === "10.0.0.1" ? fail(heard) : answered(heard));
      expect(texts(ask(question(`x${Math.random()}.test`)).answer)).toHaveLength(1);
      expect(network.asked).toEqual(["10.0.0.1 udp", "10.0.0.2 udp"]);
    }
  });

  test("passes a refusal on when nobody does better; gives up before clients do", () => {
    const { network, ask, timers } = bench();
    network.behave = (heard) => heard.events.packet(reply(heard.packet, { rcode: rcode.refused }));
    expect(ask(question("a.test")).answer?.[3]).toBe(0x80 | rcode.refused);
    network.behave = () => {};
    network.heard.length = 0;
    const result = ask(question("b.test"));
    timers.pass(4_499);
    expect(result.isOver).toBe(false);
    timers.pass(1);
    expect(result).toEqual({ answer: undefined, isOver: true });
    // Datagrams get lost: each was asked again, and no more than three times.
    expect(network.asked.filter((one) => one === "10.0.0.1 udp").length).toBeWithin(2, 4);
    expect([network.open, timers.waiting]).toEqual([0, 0]);
  });

  test("fetches by TCP what was cut short, and what was asked by TCP", () => {
    const { network, ask } = bench();
    network.behave = (heard) =>
      heard.transport === "udp"
        ? heard.events.packet(reply(heard.packet, { truncated: true }))
        : answered(heard);
    expect(texts(ask(question("a.test")).answer)).toHaveLength(1);
    expect(network.asked).toEqual(["10.0.0.1 udp", "10.0.0.1 tcp"]);
    ask(question("b.test"), { transport: "tcp" });
    expect(network.asked.at(-1)).toBe("10.0.0.1 tcp");
  });

  test("believes no answer with another id or question, and none that is malformed", () => {
    const { network, ask, timers } = bench();
    const result = ask(question("a.test"), { servers: ["10.0.0.1"] });
    const [heard] = network.heard;
    if (!heard) throw new Error("nobody was asked");
    const good = reply(heard.packet, { addresses: [address] });
    const wrongId = Buffer.from(good);
    wrongId.writeUInt16BE(5, 0);
    const otherName = reply(question("b.test", { id: u16(heard.packet, 0) }), { addresses: [address] });
    const otherType = reply(question("a.test", { id: u16(heard.packet, 0), type: 28 }), {});
    const lies = [
      wrongId,
      otherName,
      otherType,
      good.subarray(0, good.length - 1),
      heard.packet,
      Buffer.alloc(0),
    ];
    for (const lie of lies) heard.events.packet(lie);
    expect(result.isOver).toBe(false);
    heard.events.packet(good);
    expect(texts(result.answer)).toHaveLength(1);
    expect(timers.waiting).toBe(0);
  });

  test("survives any bytes a name server may send", () => {
    const { network, ask, timers } = bench();
    network.behave = (heard) => {
      const packet = reply(heard.packet, { addresses: [address, address], negativeTtl: 5 });
      for (let round = 0; round < 200; round++) {
        const broken = Buffer.from(packet.subarray(0, 2 + Math.floor(Math.random() * packet.length)));
        broken[2 + Math.floor(Math.random() * (broken.length - 2))] = Math.floor(Math.random() * 256);
        heard.events.packet(broken);
      }
    };
    for (let round = 0; round < 100; round++) ask(question(`${round}.test`));
    timers.pass(10_000);
    expect(timers.waiting).toBe(0);
  });

  test("has bounds: of questions, of one container's, of askers", () => {
    const limits = { questions: 5, questionsOfOne: 3, askersOfQuestion: 2 };
    const { network, ask, forwarder } = bench({ limits });
    const asked = [1, 2, 3, 4].map((number) => ask(question(`${number}.test`), { id: "greedy" }));
    expect(asked.map(({ isOver }) => isOver)).toEqual([false, false, false, true]);
    expect([1, 2].map(() => ask(question("1.test"), { id: "greedy" }).isOver)).toEqual([false, true]);
    const others = [1, 2, 3].map((number) => ask(question(`${number}.test`), { id: "modest" }));
    expect(others.map(({ isOver }) => isOver)).toEqual([false, false, true]);
    forwarder.forget("greedy");
    expect(asked.every(({ isOver }) => isOver)).toBe(true);
    expect([forwarder.open, network.open]).toEqual([2, 2]);
  });

  test("asks for no more than travels in one piece, and keeps answers to options to itself", () => {
    const { network, ask } = bench();
    network.behave = answered;
    const packet = question("a.test", { edns: 4096 });
    ask(packet);
    expect(u16(network.heard[0]?.packet ?? Buffer.alloc(0), packet.length - 8)).toBe(1232);
    const options = Buffer.from("000a00080102030405060708", "hex");
    for (let count = 0; count < 2; count++) ask(question("b.test", { edns: 1232, options }));
    expect(network.heard).toHaveLength(3);
  });
});
