import { expect, test } from "bun:test";
import {
  encodeRequest,
  hardwareAddress,
  listAttributes,
  parseAttributes,
  readHardwareAddress,
  readText,
  text,
  u8,
  u16be,
  u32,
} from "./message.ts";

test("encodeRequest lays out header, family header and padded attributes", () => {
  const message = encodeRequest(
    {
      type: 16,
      flags: 4,
      header: Buffer.from([1, 2, 3, 4]),
      attributes: [
        [3, text("lo")],
        [5, [[1, u8(7)]]],
      ],
    },
    9,
  );
  expect(message.toString("hex")).toBe(
    [
      "28000000" + "1000" + "0500" + "09000000" + "00000000",
      "01020304",
      "07000300" + "6c6f0000",
      "0c000580" + "05000100" + "07000000",
    ].join(""),
  );
});

test("parseAttributes reads back what was written, without the nesting mark", () => {
  const message = encodeRequest(
    {
      type: 1,
      flags: 0,
      header: Buffer.alloc(4),
      attributes: [
        [3, text("eth0")],
        [5, [[1, u32(7)]]],
        [3, text("x")],
      ],
    },
    1,
  );
  const attributes = parseAttributes(message.subarray(20));
  expect(readText(attributes.get(3))).toBe("x");
  expect(
    parseAttributes(attributes.get(5) ?? Buffer.alloc(0))
      .get(1)
      ?.readUInt32LE(0),
  ).toBe(7);
  expect(listAttributes(message.subarray(20)).map(([type]) => type)).toEqual([3, 5, 3]);
});

test("a broken attribute length ends the list instead of running away", () => {
  expect(listAttributes(Buffer.from([0, 0, 1, 0, 4, 0, 1, 0]))).toEqual([]);
  expect(listAttributes(Buffer.from([200, 0, 1, 0, 4, 0, 1, 0]))).toEqual([]);
});

test("hardware addresses as bytes and back", () => {
  expect(readHardwareAddress(hardwareAddress("02:42:ac:11:00:02"))).toBe("02:42:ac:11:00:02");
  expect([...u16be(8080)]).toEqual([0x1f, 0x90]);
});
