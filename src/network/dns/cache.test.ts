import { expect, test } from "bun:test";
import { question, reply, textOfRecords } from "../../../tests/fakes/dns-packets.ts";
import { AnswerCache } from "./cache.ts";
import { readUpstreamAnswer } from "./upstream-answer.ts";

const asked = question("a.test");
const answer = (ttl: number) => reply(asked, { addresses: [[192, 0, 2, 1]], ttl });

function put(cache: AnswerCache, key: string, packet: Buffer, now: number): void {
  const read = readUpstreamAnswer(packet, asked, asked.length);
  if (!read) throw new Error("not an answer");
  cache.put(key, packet, read.ttlOffsets, read.keepFor, now);
}

test("answers are kept as long as they allow, with the time that is left", () => {
  const cache = new AnswerCache();
  put(cache, "a", answer(60), 1000);
  expect(textOfRecords(cache.get("a", 21_000) ?? Buffer.alloc(12))).toEqual(["1 192.0.2.1 ttl 40"]);
  expect(cache.get("a", 60_999)).toBeDefined();
  expect(cache.get("a", 61_000)).toBeUndefined();
  expect(cache.size).toBe(0);
});

test("nothing is kept longer than five minutes, nor without a time", () => {
  const cache = new AnswerCache();
  put(cache, "long", answer(86_400), 0);
  expect(cache.get("long", 299_000)).toBeDefined();
  expect(cache.get("long", 300_000)).toBeUndefined();
  put(cache, "none", answer(0), 0);
  put(cache, "negative", answer(-1), 0);
  expect(cache.size).toBe(0);
});

test("the longest unused goes when there are too many, or too much", () => {
  const cache = new AnswerCache({ entries: 3, bytes: 1000, entryBytes: 100 });
  for (const key of ["a", "b", "c"]) put(cache, key, answer(60), 0);
  cache.get("a", 1);
  put(cache, "d", answer(60), 2);
  expect([cache.get("a", 3), cache.get("b", 3), cache.get("d", 3)].map(Boolean)).toEqual([true, false, true]);
  const small = new AnswerCache({ entries: 100, bytes: answer(60).length * 2, entryBytes: 100 });
  for (const key of ["a", "b", "c"]) put(small, key, answer(60), 0);
  expect(small.size).toBe(2);
  const tiny = new AnswerCache({ entries: 100, bytes: 1000, entryBytes: 10 });
  put(tiny, "a", answer(60), 0);
  expect(tiny.size).toBe(0);
});
