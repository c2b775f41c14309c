import { binarySize } from "../../format/human-size.ts";
import { isUp, nameOf, type WhyFacts } from "../facts.ts";
import { cause, type Finding, note, suggest } from "../finding.ts";

/** The kernel killed it, or a process in it, for memory. */
export function memoryRule(facts: WhyFacts): Finding[] {
  const { State: state, HostConfig: host } = facts.container;
  const told = facts.events.filter(({ Action: action }) => action === "oom").length;
  if (!state?.OOMKilled && told === 0) return [];
  const limit = host?.Memory ?? 0;
  const name = nameOf(facts);
  const next =
    limit > 0
      ? [suggest(`hull update --memory ${doubled(limit)} --memory-swap -1 ${name}`, "give it more memory")]
      : [];
  const details = limit > 0 ? [swapDetail(limit, host?.MemorySwap ?? 0)] : [];
  if (isUp(facts)) {
    return [
      note(
        "memory",
        `The kernel killed a process in it for memory${limit > 0 ? ` (limit ${binarySize(limit)})` : ""}; its first process lives on.`,
        details,
        next,
      ),
    ];
  }
  if (!state?.OOMKilled) return [];
  if (limit > 0) {
    return [
      cause(
        "memory",
        `It ran out of memory: its limit is ${binarySize(limit)}, and the kernel killed it.`,
        details,
        next,
      ),
    ];
  }
  return [
    cause(
      "memory",
      "The machine ran out of memory, and the kernel chose this container to kill.",
      ["It has no memory limit of its own."],
      [suggest(`hull update --memory 512m ${name}`, "give it a limit, so that it cannot take the machine's")],
    ),
  ];
}

function swapDetail(limit: number, swap: number): string {
  if (swap < 0) return "It may swap as much as the machine has.";
  return swap > limit ? `With ${binarySize(swap - limit)} of swap beside it.` : "It has no swap beside it.";
}

function doubled(bytes: number): string {
  return `${Math.max(1, Math.round((bytes * 2) / 1024 / 1024))}m`;
}
