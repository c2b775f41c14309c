import { expect, test } from "bun:test";
import { unzip } from "./unzip.ts";

/** An archive as zip programs write it: one stored file, one deflated, one folder. */
function archive(files: readonly [name: string, text: string, deflated: boolean][]): Uint8Array<ArrayBuffer> {
  const entries: Buffer[] = [];
  const records: Buffer[] = [];
  let at = 0;
  for (const [name, text, deflated] of files) {
    const plain = Buffer.from(text);
    const packed = deflated ? Buffer.from(Bun.deflateSync(plain)) : plain;
    const sizes = Buffer.alloc(16);
    sizes.writeUInt16LE(deflated ? 8 : 0, 0);
    const numbers = [Bun.hash.crc32(plain), packed.length, plain.length];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    for (const [i, number] of numbers.entries()) common.writeUInt32LE(number, 10 + 4 * i);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    records.push(Buffer.concat([Buffer.from("PK\x01\x02\0\0"), common, tail, Buffer.from(name)]));
    entries.push(entry);
    at += entry.length;
  }
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...entries, directory, end]));
}

test("unzip() gives stored and deflated files, and no folders", () => {
  const files = unzip(
    archive([
      ["meta.json", '{"Name":"x"}', false],
      ["tls/", "", false],
      ["tls/docker/ca.pem", "certificate ".repeat(100), true],
    ]),
    10_000,
  );
  expect([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
    ["meta.json", '{"Name":"x"}'],
    ["tls/docker/ca.pem", "certificate ".repeat(100)],
  ]);
});

test("unzip() refuses what is broken, changed or too large", () => {
  const good = archive([["a", "0123456789", true]]);
  expect(() => unzip(good, 9)).toThrow("too large");
  expect(() => unzip(good.slice(0, 30), 100)).toThrow("not a valid zip file");
  expect(() => unzip(new Uint8Array(), 100)).toThrow("not a valid zip file");
  const changed = archive([["a", "0123456789", false]]);
  changed[33] = 0;
  expect(() => unzip(changed, 100)).toThrow("checksum");
});
