import { invalidArgument } from "../../errors/engine-error.ts";
import { ByteSource, type ByteStream } from "../byte-source.ts";
import { textFromBytes } from "../byte-text.ts";
import { blockSize, maxHeaderRecord, type TarEntry, type TarSegment } from "./entry.ts";
import { type HeaderBlock, parseHeaderBlock } from "./header-block.ts";
import { entryFrom } from "./merge-header.ts";
import { parsePaxRecords } from "./pax.ts";
import { checkSegments, maxSegments, parseDecimal, parseGnuSegments } from "./sparse.ts";

/** Headers in front of one entry: honest archives have one of each kind. */
const maxRecords = 16;

/**
 * Reads a tar archive in one pass: `next` for an entry, `data` for its bytes until undefined,
 * `next` again (which skips what was not read). Understands ustar, PAX, GNU long names and
 * sparse files. It trusts nothing: checksums, lengths and numbers are checked, but a path is
 * given as it stands in the archive.
 */
export class TarReader {
  readonly #source: ByteSource;
  #left = 0;
  #padding = 0;
  #ended = false;
  #what = "archive";

  constructor(stream: ByteStream) {
    this.#source = new ByteSource(stream);
  }

  async next(): Promise<TarEntry | undefined> {
    if (this.#ended) return undefined;
    await this.#source.skip(this.#left, this.#what);
    await this.#skipPadding();
    this.#left = this.#padding = 0;
    let pax: Map<string, Uint8Array> | undefined;
    let longName: string | undefined;
    let longLink: string | undefined;
    for (let records = 0; ; records++) {
      if (records > maxRecords) throw invalidArgument("invalid tar header: too many headers for one entry");
      const block = await this.#source.exactly(blockSize, "tar header");
      if (!block || isZero(block)) {
        if (pax || longName !== undefined || longLink !== undefined)
          throw invalidArgument("unexpected EOF: a tar header has no entry behind it");
        this.#ended = true;
        return undefined;
      }
      const header = parseHeaderBlock(block);
      if (header.flag === "x") pax = parsePaxRecords(await this.#record(header));
      else if (header.flag === "g") await this.#record(header);
      else if (header.flag === "L") longName = textOf(await this.#record(header));
      else if (header.flag === "K") longLink = textOf(await this.#record(header));
      else return this.#open(header, pax, longName, longLink);
    }
  }

  /** Behind the last entry it may be missing: the docker client leaves it out after a Dockerfile from elsewhere. */
  async #skipPadding(): Promise<void> {
    for (let left = this.#padding; left > 0; ) {
      const part = await this.#source.some(left);
      if (!part) return;
      left -= part.length;
    }
  }

  /** The next piece of the entry's stored bytes: for a sparse file only its segments, one after another. */
  async data(): Promise<Uint8Array | undefined> {
    if (this.#left === 0) return undefined;
    const part = await this.#source.some(this.#left);
    if (!part) throw invalidArgument(`unexpected EOF: ${this.#what} is cut off`);
    this.#left -= part.length;
    return part;
  }

  /** All bytes of a small entry. */
  async bytes(limit = maxHeaderRecord): Promise<Uint8Array> {
    if (this.#left > limit) throw invalidArgument(`${this.#what} is larger than ${limit} bytes`);
    return (await this.#source.exactly(this.#take(), this.#what))?.slice() ?? new Uint8Array(0);
  }

  /** Stored bytes of the current entry that were not read yet. */
  get left(): number {
    return this.#left;
  }

  /** Reads what stands behind the end mark, so that the sender is not cut off. */
  async drain(): Promise<void> {
    await this.#source.drain();
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  #take(): number {
    const count = this.#left;
    this.#left = 0;
    return count;
  }

  #startBody(size: number, what: string): void {
    this.#left = size;
    this.#padding = (blockSize - (size % blockSize)) % blockSize;
    this.#what = what;
  }

  /** The content of a header that describes the next entry. */
  async #record(header: HeaderBlock): Promise<Uint8Array> {
    this.#startBody(header.size, "tar header");
    const bytes = await this.bytes();
    await this.#source.skip(this.#padding, "tar header");
    this.#padding = 0;
    return bytes;
  }

  async #open(
    header: HeaderBlock,
    pax: ReadonlyMap<string, Uint8Array> | undefined,
    longName: string | undefined,
    longLink: string | undefined,
  ): Promise<TarEntry> {
    const { entry, stored, sparseVersion } = entryFrom(header, pax, longName, longLink);
    this.#startBody(stored, `"${entry.path}"`);
    if (header.flag === "S") return this.#gnuSparse(header, entry, stored);
    if (sparseVersion === "1.0") return this.#paxSparse(entry);
    if (entry.sparse) checkSegments(entry.sparse, entry.size, stored);
    return entry;
  }

  /** Old GNU: the map goes on in blocks in front of the data, which `size` does not count. */
  async #gnuSparse(header: HeaderBlock, entry: TarEntry, stored: number): Promise<TarEntry> {
    const segments = parseGnuSegments(header.block, 386, 4);
    for (let more = header.block[482] === 1; more; ) {
      const block = await this.#source.exactly(blockSize, "sparse map");
      if (!block) throw invalidArgument("unexpected EOF: sparse map is cut off");
      if (segments.length > maxSegments) throw invalidArgument("invalid tar header: sparse map too long");
      segments.push(...parseGnuSegments(block, 0, 21));
      more = block[504] === 1;
    }
    checkSegments(segments, entry.size, stored);
    return { ...entry, sparse: segments };
  }

  /** PAX 1.0: decimal numbers, a line each, padded to a block, in front of the data and counted by size. */
  async #paxSparse(entry: TarEntry): Promise<TarEntry> {
    let text = "";
    const numbers: number[] = [];
    let wanted = 1;
    while (numbers.length < wanted) {
      const block = this.#left >= blockSize ? await this.#source.exactly(blockSize, "sparse map") : undefined;
      if (!block || text.length > maxHeaderRecord)
        throw invalidArgument("invalid tar header: bad sparse map");
      this.#left -= blockSize;
      text += Buffer.from(block).toString("latin1");
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        if (numbers.length >= wanted) break;
        numbers.push(parseDecimal(line));
        if (numbers.length > 1) continue;
        const count = numbers[0] ?? 0;
        if (count > maxSegments) throw invalidArgument("invalid tar header: sparse map too long");
        wanted = 1 + 2 * count;
      }
    }
    const sparse: TarSegment[] = [];
    for (let i = 1; i < numbers.length; i += 2)
      sparse.push({ offset: numbers[i] ?? 0, length: numbers[i + 1] ?? 0 });
    checkSegments(sparse, entry.size, this.#left);
    return { ...entry, sparse };
  }
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return textFromBytes(end < 0 ? bytes : bytes.subarray(0, end));
}
