/** The parts of an ELF program that decide whether it can start. */
export interface ElfProgram {
  /** In the words of image platforms (`amd64`), or `machine 8`. */
  readonly machine: string;
  readonly bits: 32 | 64;
  /** The dynamic loader of PT_INTERP; undefined for a static program. */
  readonly loader: string | undefined;
  /** Names of shared libraries in DT_NEEDED. */
  readonly needed: readonly string[];
  /** Folders of DT_RPATH and DT_RUNPATH, `$ORIGIN` as it stands. */
  readonly searchPath: readonly string[];
}

/** e_machine of elf.h. */
const machines: Readonly<Record<number, string>> = {
  3: "386",
  8: "mips",
  20: "ppc",
  21: "ppc64le",
  22: "s390x",
  40: "arm",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Reads as much as the bytes at hand (the beginning of the file) allow; undefined when they are
 * no ELF file. Tables that lie behind them count as empty.
 */
export function parseElf(bytes: Uint8Array): ElfProgram | undefined {
  if (bytes.length < 52 || String.fromCharCode(...bytes.subarray(0, 4)) !== "\x7fELF") return undefined;
  const view = new ElfView(bytes);
  const machine = view.half(18);
  const segments = programHeaders(view);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  return {
    machine: machines[machine] ?? `machine ${machine}`,
    bits: view.bits,
    loader: interpreter && view.text(interpreter.offset),
    ...dynamicEntries(view, segments),
  };
}

function programHeaders(view: ElfView): Segment[] {
  const wide = view.bits === 64;
  const start = view.word(wide ? 32 : 28);
  const entrySize = view.half(wide ? 54 : 42);
  const count = view.half(wide ? 56 : 44);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * entrySize;
    return wide
      ? {
          type: view.int(at),
          offset: view.word(at + 8),
          address: view.word(at + 16),
          size: view.word(at + 32),
        }
      : { type: view.int(at), offset: view.int(at + 4), address: view.int(at + 8), size: view.int(at + 16) };
  });
}

function dynamicEntries(view: ElfView, segments: readonly Segment[]) {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const needed: number[] = [];
  const folders: number[] = [];
  let table = 0;
  const step = view.bits / 8;
  for (let at = dynamic?.offset ?? 0; dynamic && at < dynamic.offset + dynamic.size; at += 2 * step) {
    const tag = view.word(at);
    const value = view.word(at + step);
    if (tag === 0) break;
    if (tag === DT_NEEDED) needed.push(value);
    else if (tag === DT_STRTAB) table = value;
    else if (tag === DT_RPATH || tag === DT_RUNPATH) folders.push(value);
  }
  // The string table is given by its address in memory.
  const home = segments.find(
    ({ type, address, size }) => type === PT_LOAD && table >= address && table < address + size,
  );
  const texts = (offsets: readonly number[]) =>
    home ? offsets.map((offset) => view.text(table - home.address + home.offset + offset)) : [];
  return {
    needed: texts(needed).filter((name) => name !== ""),
    searchPath: texts(folders).flatMap((list) => list.split(":").filter((folder) => folder !== "")),
  };
}

/** Numbers of either width and byte order; zero behind the end. */
class ElfView {
  readonly #bytes: Buffer;
  readonly #little: boolean;
  readonly bits: 32 | 64;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bits = bytes[4] === 2 ? 64 : 32;
    this.#little = bytes[5] !== 2;
  }

  half(at: number): number {
    if (at + 2 > this.#bytes.length) return 0;
    return this.#little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  int(at: number): number {
    if (at + 4 > this.#bytes.length) return 0;
    return this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  /** As wide as the class of the file. */
  word(at: number): number {
    if (this.bits === 32) return this.int(at);
    if (at + 8 > this.#bytes.length) return 0;
    return Number(this.#little ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at));
  }

  text(at: number): string {
    const end = this.#bytes.indexOf(0, at);
    return at >= this.#bytes.length || end < 0 ? "" : this.#bytes.toString("utf8", at, end);
  }
}
