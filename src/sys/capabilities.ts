import { readFileSync } from "node:fs";

/** Numbers of the capabilities this process may hand to a child: its bounding set within its permitted one. */
export function availableCapabilities(): number[] {
  const status = readFileSync("/proc/self/status", "utf8");
  const mask = (field: string) =>
    BigInt(`0x${new RegExp(`^${field}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1] ?? "0"}`);
  const set = mask("CapBnd") & mask("CapPrm");
  const numbers: number[] = [];
  for (let number = 0; number < 64; number++) {
    if ((set >> BigInt(number)) & 1n) numbers.push(number);
  }
  return numbers;
}
