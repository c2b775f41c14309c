import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parseElf } from "./elf.ts";
import { exitWords, signalName, signalNumber } from "./exit-words.ts";
import { type FileView, lookAtProgram } from "./look-at-program.ts";

/** A file system of texts and bytes; modes 0755 unless the path says otherwise. */
function files(
  all: Readonly<Record<string, string | Uint8Array | "dir">>,
  modes: Readonly<Record<string, number>> = {},
): FileView {
  return {
    async stat(path) {
      const content = all[path];
      if (content === undefined) return undefined;
      return {
        type: content === "dir" ? "directory" : "file",
        mode: modes[path] ?? 0o755,
        size: content.length,
      };
    },
    async head(path, limit) {
      return Buffer.from(all[path] ?? "").subarray(0, limit);
    },
  };
}

const look = (view: FileView, program: string, env: string[] = []) =>
  lookAtProgram(view, { program, env, workingDirectory: "/work" });

describe("lookAtProgram", () => {
  test("searches PATH in order and skips what cannot run", async () => {
    const view = files(
      { "/a/x": "#!/bin/sh\n", "/b/x": "#!/bin/sh\n", "/bin/sh": "\u0001" },
      { "/a/x": 0o644 },
    );
    const facts = await look(view, "x", ["PATH=/a:/b"]);
    expect(facts.found).toMatchObject({ path: "/b/x", kind: "script", script: { interpreterFound: true } });
  });

  test("a relative path begins in the working directory", async () => {
    expect((await look(files({}), "./x")).searched).toEqual(["/work/x"]);
  });

  test("a first line with a carriage return", async () => {
    const facts = await look(files({ "/x": "#!/bin/sh\r\necho\r\n", "/bin/sh": "\u0001" }), "/x");
    expect(facts.found?.script).toMatchObject({ line: "/bin/sh\r", interpreterFound: false });
  });

  test("neither script nor program", async () => {
    expect((await look(files({ "/x": "echo hello\n" }), "/x")).found?.kind).toBe("unknown");
  });

  test("a real program without its loader, and without a library", async () => {
    const bytes = readFileSync(process.execPath).subarray(0, 16 << 20);
    const elf = parseElf(bytes);
    if (!elf?.loader) throw new Error("the test's own program is static");
    expect((await look(files({ "/x": bytes }), "/x")).found?.elf).toMatchObject({ loaderFound: false });
    const withLoader = await look(files({ "/x": bytes, [elf.loader]: bytes }), "/x");
    expect(withLoader.found?.elf).toMatchObject({ loaderFound: true, machine: elf.machine });
  });
});

describe("parseElf", () => {
  test("needed libraries and search path of a program made by hand", () => {
    expect(parseElf(tinyElf())).toEqual({
      machine: "arm64",
      bits: 64,
      loader: "/lib/ld.so",
      needed: ["libz.so"],
      searchPath: ["$ORIGIN/lib", "/opt"],
    });
  });

  test("no ELF file, and one that is cut off", () => {
    expect(parseElf(Buffer.from("#!/bin/sh"))).toBeUndefined();
    expect(parseElf(tinyElf().subarray(0, 100))).toMatchObject({ machine: "arm64", needed: [] });
  });
});

/** Three program headers (LOAD, INTERP, DYNAMIC), a dynamic table and a string table. */
function tinyElf(): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write("\x7fELF", 0, "latin1");
  bytes[4] = 2;
  bytes[5] = 1;
  bytes.writeUInt16LE(183, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(3, 56);
  const header = (index: number, type: number, offset: number, address: number, size: number) => {
    const at = 64 + index * 56;
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(offset), at + 8);
    bytes.writeBigUInt64LE(BigInt(address), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  header(0, 1, 0, 0x400000, 1024);
  header(1, 3, 300, 0x400000 + 300, 11);
  header(2, 2, 400, 0x400000 + 400, 80);
  bytes.write("/lib/ld.so\0", 300);
  const strings = "\0libz.so\0$ORIGIN/lib:/opt\0";
  bytes.write(strings, 600);
  [
    [1, 1],
    [29, 9],
    [5, 0x400000 + 600],
    [0, 0],
  ].forEach(([tag = 0, value = 0], index) => {
    bytes.writeBigUInt64LE(BigInt(tag), 400 + index * 16);
    bytes.writeBigUInt64LE(BigInt(value), 408 + index * 16);
  });
  return bytes;
}

describe("exit words", () => {
  test("signals by number and name", () => {
    expect(signalName(9)).toBe("SIGKILL");
    expect(signalName(6)).toBe("SIGABRT");
    expect(signalNumber("term")).toBe(15);
    expect(signalNumber("SIGUSR1")).toBe(10);
    expect(signalNumber("3")).toBe(3);
  });

  test.each([
    [137, "SIGKILL: it was killed"],
    [127, "not there"],
    [2, "wrong use"],
    [77, "of the program's own"],
  ])("%i", (code, words) => {
    expect(exitWords(code)).toContain(words);
  });
});
