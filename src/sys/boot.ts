import { readFileSync } from "node:fs";

let known: string | undefined;

/** Another one after each start of the machine: what a process wrote in this one, all processes see. */
export function bootId(): string {
  known ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return known;
}
