import type { ContainerSummary } from "../../protocol/generated/types.ts";
import { labels } from "../labels.ts";

/** What the engine says of one service's containers. */
export interface LiveState {
  /** Worst first: what a person should look at decides the colour. */
  readonly mood: "bad" | "waiting" | "good" | "ended" | "none";
  /** `2 running, healthy`, `exited (1)`, `not created`. */
  readonly text: string;
}

/** By service; services of the file that have no container are told as well. */
export function liveStates(
  containers: readonly ContainerSummary[],
  services: readonly string[],
): ReadonlyMap<string, LiveState> {
  const byService = new Map<string, ContainerSummary[]>(services.map((name) => [name, []]));
  for (const container of containers) {
    const own = container.Labels ?? {};
    if (own[labels.oneOff] === "True") continue;
    byService.get(own[labels.service] ?? "")?.push(container);
  }
  return new Map([...byService].map(([name, all]) => [name, stateOf(all)]));
}

/** Services the engine has containers of, and the file knows nothing about. */
export function orphansOf(
  containers: readonly ContainerSummary[],
  services: readonly string[],
): readonly string[] {
  const names = containers.map(({ Labels: own }) => own?.[labels.service] ?? "");
  return [...new Set(names)].filter((name) => name !== "" && !services.includes(name)).sort();
}

const moods = ["bad", "waiting", "good", "ended", "none"] as const;

function stateOf(containers: readonly ContainerSummary[]): LiveState {
  if (containers.length === 0) return { mood: "none", text: "not created" };
  const single = containers.map(containerState);
  const counts = new Map<string, number>();
  for (const { text } of single) counts.set(text, (counts.get(text) ?? 0) + 1);
  const worst = moods.find((mood) => single.some((one) => one.mood === mood)) ?? "none";
  const parts = [...counts].map(([text, count]) => (containers.length > 1 ? `${count} ${text}` : text));
  return { mood: worst, text: parts.join(", ") };
}

/** By itself, or because it was told to stop: 128 and the number of the signal. */
const endedWell = new Set(["0", "130", "143"]);

function containerState(container: ContainerSummary): LiveState {
  const state = container.State ?? "";
  const status = container.Status ?? "";
  if (state === "running") {
    if (status.includes("(unhealthy)")) return { mood: "bad", text: "unhealthy" };
    if (status.includes("(health: starting)")) return { mood: "waiting", text: "starting" };
    if (status.includes("(healthy)")) return { mood: "good", text: "healthy" };
    return { mood: "good", text: "running" };
  }
  if (state === "exited") {
    const code = /\((\d+)\)/.exec(status)?.[1] ?? "?";
    return { mood: endedWell.has(code) ? "ended" : "bad", text: `exited (${code})` };
  }
  if (state === "dead") return { mood: "bad", text: state };
  return { mood: "waiting", text: state };
}
