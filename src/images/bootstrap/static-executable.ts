/** Segment type of a program that wants a loader. */
const interpreterSegment = 3;

/** Whether bytes are an ELF executable that brings everything with it: no loader, no libraries. */
export function isStaticExecutable(bytes: Buffer): boolean {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return false;
  // Machines this runs on are little-endian, but for s390x.
  const big = bytes[5] === 2;
  const wide = bytes[4] === 2;
  const u16 = (at: number) => (big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  const u32 = (at: number) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const u64 = (at: number) => Number(big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
  const table = wide ? u64(32) : u32(28);
  const [entrySize, count] = wide ? [u16(54), u16(56)] : [u16(42), u16(44)];
  if (table + entrySize * count > bytes.length) return false;
  for (let i = 0; i < count; i++) if (u32(table + i * entrySize) === interpreterSegment) return false;
  return true;
}
