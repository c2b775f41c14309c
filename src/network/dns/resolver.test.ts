import { describe, expect, test } from "bun:test";
import { question, reply, textOfRecords } from "../../../tests/fakes/dns-packets.ts";
import { FakeUpstreams, ManualTimers } from "../../../tests/fakes/upstream-network.ts";
import type { ResolvedContainer } from "../names.ts";
import { Forwarder } from "./forwarder.ts";
import { rcode, recordType, u16 } from "./message.ts";
import { Resolver } from "./resolver.ts";
import { Zone } from "./zone.ts";

function bench(more: Partial<ResolvedContainer> = {}) {
  const network = new FakeUpstreams();
  const zone = new Zone();
  const asker: ResolvedContainer = {
    containerId: "web",
    sandboxPath: "/ns/web",
    endFile: "/never",
    endpoints: [{ networkId: "n", networkName: "net", addresses: ["10.1.0.2"], names: ["web"] }],
    ownNames: {},
    hostAddresses: [],
    asksOutside: true,
    servers: ["10.0.0.1"],
    searchFirst: false,
    ...more,
  };
  zone.put(asker);
  const forwarder = new Forwarder({
    network,
    timers: new ManualTimers(),
    hostServers: () => [],
    randomId: () => 99,
  });
  const resolver = new Resolver(zone, forwarder);
  const late: Uint8Array[] = [];
  const ask = (packet: Uint8Array, transport: "udp" | "tcp" = "udp") => {
    const answer = resolver.answer(asker, packet, transport, () => (data) => {
      late.push(new Uint8Array(data));
    });
    return answer && new Uint8Array(answer);
  };
  return { network, ask, late };
}

const codeOf = (answer: Uint8Array | undefined) => (answer?.[3] ?? 0) & 0xf;
const isCut = (answer: Uint8Array | undefined) => ((answer?.[2] ?? 0) & 2) !== 0;

describe("Resolver", () => {
  test("answers known names itself, whatever is asked about them", () => {
    const { network, ask } = bench();
    expect(textOfRecords(ask(question("WEB")) ?? Buffer.alloc(12))).toEqual(["1 10.1.0.2 ttl 5"]);
    for (const type of [recordType.AAAA, recordType.MX, recordType.TXT, 33, 65]) {
      const answer = ask(question("web", { type }));
      expect([codeOf(answer), u16(answer ?? Buffer.alloc(8), 6)]).toEqual([0, 0]);
    }
    expect(network.heard).toHaveLength(0);
  });

  test("asks nobody outside for an internal network, nor for loopback's addresses", () => {
    const { network, ask } = bench({ asksOutside: false });
    expect(codeOf(ask(question("www.test")))).toBe(rcode.serverFailure);
    expect(codeOf(ask(question("web")))).toBe(0);
    const outward = bench();
    expect(codeOf(outward.ask(question("11.0.0.127.in-addr.arpa", { type: 12 })))).toBe(rcode.nameError);
    expect([...network.heard, ...outward.network.heard]).toEqual([]);
  });

  test("refuses zone transfers and other classes; says which EDNS it speaks", () => {
    const { network, ask } = bench();
    expect(codeOf(ask(question("test", { type: 252 })))).toBe(rcode.refused);
    expect(codeOf(ask(question("version.bind", { klass: 3, type: 16 })))).toBe(rcode.refused);
    const newer = question("web", { edns: 1232 });
    newer[newer.length - 5] = 1;
    expect(ask(newer)?.at(-6)).toBe(1);
    expect(network.heard).toHaveLength(0);
  });

  test("leaves names without a dot to the search list where somebody chose so", () => {
    const { network, ask } = bench({ searchFirst: true });
    const answer = ask(question("printer"));
    expect([codeOf(answer), u16(answer ?? Buffer.alloc(8), 6)]).toEqual([0, 0]);
    ask(question("printer.corp.test"));
    ask(question("corp", { type: recordType.MX }));
    expect(network.heard).toHaveLength(2);
    const plain = bench();
    plain.ask(question("printer"));
    expect(plain.network.heard).toHaveLength(1);
  });

  test("gives what name servers say, later, and keeps nothing of the asker's buffer", () => {
    const { network, ask, late } = bench();
    const packet = question("www.test", { id: 7 });
    expect(ask(packet)).toBeUndefined();
    packet.fill(0xff);
    const [heard] = network.heard;
    heard?.events.packet(reply(heard.packet, { addresses: [[192, 0, 2, 1]] }));
    expect(late.map((answer) => [u16(answer, 0), textOfRecords(answer)])).toEqual([
      [7, ["1 192.0.2.1 ttl 60"]],
    ]);
    expect(textOfRecords(ask(question("www.test")) ?? Buffer.alloc(12))).toHaveLength(1);
  });

  test("cuts a large answer for who cannot take it, and says that nobody answered", () => {
    const { network, ask, late } = bench();
    const addresses = Array.from({ length: 60 }, (_, index) => [192, 0, 2, index]);
    network.behave = (heard) => heard.events.packet(reply(heard.packet, { addresses }));
    expect([isCut(ask(question("big.test"))), isCut(ask(question("big.test"), "tcp"))]).toEqual([
      true,
      false,
    ]);
    expect(isCut(ask(question("big.test", { edns: 1232 })))).toBe(false);
    network.behave = (heard) => heard.events.failed();
    expect(codeOf(ask(question("dead.test")))).toBe(rcode.serverFailure);
    expect(late).toEqual([]);
  });

  test("has nothing to say to answers and to noise", () => {
    const { ask } = bench();
    expect(ask(Buffer.from("00018180000100000000000001610000010001", "hex"))).toBeUndefined();
    expect(ask(Buffer.alloc(3))).toBeUndefined();
    expect(codeOf(ask(Buffer.alloc(12)))).toBe(rcode.formatError);
  });
});
