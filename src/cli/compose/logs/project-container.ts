import { labels } from "../../../compose/labels.ts";
import type { ContainerSummary, EventMessage } from "../../../protocol/generated/types.ts";

/** A container of a project as logs speak of it. */
export interface ProjectContainer {
  readonly id: string;
  readonly service: string;
  readonly number: number;
  /** In a project its own name says enough: `web-1`; a name given by `container_name` stays whole. */
  readonly shown: string;
  readonly oneOff: boolean;
  /** The name of the container it was made in place of. */
  readonly replaces: string | undefined;
}

export function containerOfSummary({ Id: id, Names: names, Labels: found }: ContainerSummary) {
  return projectContainer(id ?? "", names?.[0]?.replace(/^\//, "") ?? "", found ?? {});
}

/** Events carry the labels of what they are about. */
export function containerOfEvent({ Actor: actor }: EventMessage): ProjectContainer {
  const attributes = actor?.Attributes ?? {};
  return projectContainer(actor?.ID ?? "", attributes.name ?? "", attributes);
}

function projectContainer(
  id: string,
  name: string,
  found: Readonly<Record<string, string>>,
): ProjectContainer {
  const project = found[labels.project] ?? "";
  const service = found[labels.service] ?? "";
  const number = found[labels.number] ?? "";
  // One that takes the place of another has a number in front of its name until that is gone.
  const final = name.replace(/^[0-9a-f]{12}_/, "");
  const usual = [`${project}-${service}-${number}`, `${project}_${service}_${number}`];
  return {
    id,
    service,
    number: Number(number),
    shown: usual.includes(final) ? final.slice(project.length + 1) : name,
    oneOff: found[labels.oneOff] === "True",
    replaces: found[labels.replaces],
  };
}

/** By service, then by number: colours are given out in this order. */
export function byName(a: ProjectContainer, b: ProjectContainer): number {
  if (a.service !== b.service) return a.service < b.service ? -1 : 1;
  return a.number - b.number;
}
