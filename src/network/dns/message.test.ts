import { describe, expect, test } from "bun:test";
import { question, textOfRecords } from "../../../tests/fakes/dns-packets.ts";
import { buildAnswer, buildRefusal, buildTruncated, limitOf } from "./answer.ts";
import { parseQuery, type Query, rcode, recordType } from "./message.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

function queryOf(packet: Uint8Array): Query {
  const parsed = parseQuery(packet);
  if (parsed.kind !== "query") throw new Error(`no query: ${JSON.stringify(parsed)}`);
  return parsed.query;
}

describe("parseQuery", () => {
  test("reads a plain question; the name in lower case", () => {
    // What glibc sends for WEB, as captured.
    const packet = bytes("4e1f 0100 0001 0000 0000 0000 03 574542 00 0001 0001");
    expect(queryOf(packet)).toEqual({
      id: 0x4e1f,
      flags: 0x0100,
      name: "web",
      type: recordType.A,
      klass: 1,
      questionEnd: 21,
      edns: undefined,
    });
  });

  test("reads EDNS: size, DO bit, options", () => {
    // dig +dnssec +cookie
    const packet = bytes(
      "1234 0120 0001 0000 0000 0001 01 61 04 74657374 00 001c 0001 00 0029 04d0 00008000 000c 000a 0008 0102030405060708",
    );
    expect(queryOf(packet).edns).toEqual({
      at: 24,
      udpSize: 1232,
      version: 0,
      dnssecOk: true,
      hasOptions: true,
    });
  });

  test("tells names with odd bytes from those with dots", () => {
    expect(queryOf(question("a", { rawName: bytes("03 612e62 00") })).name).toBe("a\\046b");
    expect(queryOf(question("a", { rawName: bytes("02 ff5c 00") })).name).toBe("\\255\\092");
  });

  test.each([
    ["an answer", bytes("0001 8180 0001 0000 0000 0000 01 61 00 0001 0001"), "drop"],
    ["less than a header", bytes("0001 0100 0001"), "drop"],
    ["nothing", bytes(""), "drop"],
  ])("drops %s", (_, packet, kind) => {
    expect(parseQuery(packet).kind).toBe(kind as "drop");
  });

  test.each([
    ["two questions", bytes("0001 0100 0002 0000 0000 0000 01 61 00 0001 0001 01 61 00 0001 0001")],
    ["no question", bytes("0001 0100 0000 0000 0000 0000")],
    ["a name that goes on beyond the packet", bytes("0001 0100 0001 0000 0000 0000 3f 61")],
    ["a pointer in the question", bytes("0001 0100 0001 0000 0000 0000 c00c 0001 0001")],
    ["a label of 64 bytes", bytes(`0001 0100 0001 0000 0000 0000 40 ${"61".repeat(64)} 00 0001 0001`)],
    [
      "a name of more than 255 bytes",
      bytes(`0001 0100 0001 0000 0000 0000 ${`3f${"61".repeat(63)}`.repeat(5)} 00 0001 0001`),
    ],
    ["a question cut short", bytes("0001 0100 0001 0000 0000 0000 01 61 00 0001")],
    [
      "an additional record cut short",
      bytes("0001 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0"),
    ],
    [
      "an OPT record with a name",
      bytes("0001 0100 0001 0000 0000 0001 01 61 00 0001 0001 01 62 00 0029 04d0 00000000 0000"),
    ],
  ])("refuses %s as malformed", (_, packet) => {
    expect(parseQuery(packet)).toEqual({ kind: "refuse", rcode: rcode.formatError });
  });

  test("refuses other operations than a query", () => {
    expect(parseQuery(bytes("0001 2000 0001 0000 0000 0000 01 61 00 0006 0001"))).toEqual({
      kind: "refuse",
      rcode: rcode.notImplemented,
    });
  });

  test("survives a hundred thousand packets of noise and of broken questions", () => {
    const good = question("a.very.long.name.with.labels", { edns: 1232 });
    for (let round = 0; round < 100_000; round++) {
      const packet = round % 2 === 0 ? noise(round % 80) : mutated(good);
      const parsed = parseQuery(packet);
      if (parsed.kind === "query") {
        expect(parsed.query.questionEnd).toBeLessThanOrEqual(packet.length);
        if (parsed.query.edns) expect(parsed.query.edns.at + 11).toBeLessThanOrEqual(packet.length);
      }
    }
  });
});

function noise(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function mutated(packet: Uint8Array): Uint8Array {
  const copy = packet.slice(0, 1 + Math.floor(Math.random() * packet.length));
  for (let count = 0; count < 3; count++) {
    copy[Math.floor(Math.random() * copy.length)] = Math.floor(Math.random() * 256);
  }
  return copy;
}

describe("answers", () => {
  const a = (...data: number[]) => ({ type: recordType.A, data: Uint8Array.from(data) });

  test("repeat the question as it was spelt and point at its name", () => {
    const packet = question("wEb", { id: 7 });
    const answer = buildAnswer(packet, queryOf(packet), { rcode: 0, ttl: 5, records: [a(10, 9, 0, 2)] }, 512);
    expect(hex(answer)).toBe(
      hex(
        bytes("0007 8180 0001 0001 0000 0000 03 774562 00 0001 0001 c00c 0001 0001 00000005 0004 0a090002"),
      ),
    );
  });

  test("carry EDNS when the question did, with the DO bit", () => {
    const packet = question("web", { id: 7, edns: 4096, dnssecOk: true });
    const answer = buildAnswer(
      packet,
      queryOf(packet),
      { rcode: rcode.badVersion, ttl: 5, records: [] },
      512,
    );
    expect(hex(answer)).toBe(
      hex(bytes("0007 8180 0001 0000 0000 0001 03 776562 00 0001 0001 00 0029 04d0 01008000 0000")),
    );
  });

  test("leave out what is too much, and say so", () => {
    const records = Array.from({ length: 100 }, (_, index) => a(10, 9, 0, index));
    const plain = question("web");
    const cut = buildAnswer(
      plain,
      queryOf(plain),
      { rcode: 0, ttl: 5, records },
      limitOf(queryOf(plain), "udp"),
    );
    expect(cut.length).toBeLessThanOrEqual(512);
    expect((cut[2] ?? 0) & 2).toBe(2);
    expect(textOfRecords(cut)).toHaveLength(Math.floor((512 - plain.length) / 16));
    const large = question("web", { edns: 4096 });
    const whole = buildAnswer(
      large,
      queryOf(large),
      { rcode: 0, ttl: 5, records },
      limitOf(queryOf(large), "udp"),
    );
    expect((whole[2] ?? 0) & 2).toBe(0);
    expect(textOfRecords(whole)).toHaveLength(100);
    const byTcp = buildAnswer(
      plain,
      queryOf(plain),
      { rcode: 0, ttl: 5, records },
      limitOf(queryOf(plain), "tcp"),
    );
    expect(textOfRecords(byTcp)).toHaveLength(100);
  });

  test("may be nothing but a header, or a question cut short", () => {
    expect(hex(buildRefusal(bytes("0009 0100 0002 0000 0000 0000 ffff"), rcode.formatError))).toBe(
      hex(bytes("0009 8181 0000 0000 0000 0000")),
    );
    const packet = question("web", { id: 7 });
    expect(hex(buildTruncated(packet, queryOf(packet)))).toBe(
      hex(bytes("0007 8380 0001 0000 0000 0000 03 776562 00 0001 0001")),
    );
  });
});
