import type { ContainerSummary } from "../../protocol/generated/types.ts";
import { labels } from "../labels.ts";
import type { ObservedContainer } from "./observed.ts";

/** A line of the engine's list, read by the labels of Docker Compose. */
export function observedContainer(summary: ContainerSummary): ObservedContainer {
  const marks = summary.Labels ?? {};
  const id = summary.Id ?? "";
  const name = nameOf(summary);
  return {
    id,
    name,
    service: marks[labels.service] ?? name,
    number: Number.parseInt(marks[labels.number] ?? "", 10) || 0,
    oneOff: marks[labels.oneOff] === "True",
    configHash: marks[labels.configHash],
    image: marks[labels.image],
    replaces: unfinished(marks[labels.replaces], name),
    state: summary.State ?? "",
    summary,
  };
}

/** Links of other containers are names with two slashes; one that is being removed may have none. */
export function nameOf({ Names: names, Id: id }: ContainerSummary): string {
  const own = names?.find((name) => name.lastIndexOf("/") <= 0) ?? names?.[0];
  return own === undefined ? (id ?? "").slice(0, 12) : own.replace(/^\//, "");
}

/**
 * The label stays for ever on a container that once took the place of another one. It is unfinished
 * as long as it bears the name it was made with: `<id of the old one>_<name>`.
 */
function unfinished(replaces: string | undefined, name: string): string | undefined {
  if (replaces === undefined) return undefined;
  return /^([0-9a-f]{12})_./.exec(name)?.[1];
}

export const isRunning = ({ state }: ObservedContainer): boolean => state === "running";

/** Something of it is in the process table: it can be stopped. */
export const isAlive = ({ state }: ObservedContainer): boolean =>
  state === "running" || state === "paused" || state === "restarting";
