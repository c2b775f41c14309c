/** A mark for the links of this engine, so that engines side by side leave each other's alone. */
export function engineMark(execRoot: string): number {
  return (Bun.hash.crc32(execRoot) & 0x3fffffff) | 0x40000000;
}

export const isEngineMark = (group: number): boolean => group >= 0x40000000;
