import type { ContainerRecord } from "../../records/container-record.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { healthPlan } from "./health-state.ts";

const gateLabel = "hull.health-gate";

/** Docker leads names to the sick as well, so that is asked for. */
export const gatesNames = ({ config }: ContainerRecord): boolean => config.Labels?.[gateLabel] === "true";

/** Shared ports are our own, so it is the other way round. */
export const gatesPorts = ({ config }: ContainerRecord): boolean => config.Labels?.[gateLabel] !== "false";

export const hasCheck = ({ config }: ContainerRecord): boolean =>
  healthPlan(config.Healthcheck) !== undefined;

/**
 * A container that cannot serve: it is not healthy, or has no check and does not listen on the
 * ports it shares, or is being stopped. Ports it shares and names it has in common with others
 * lead past it. Where all of them stand back, all are used: one that may answer is better than none.
 */
export function standsBack(container: LiveContainer): boolean {
  if (container.isLeaving || container.isDeaf) return true;
  return hasCheck(container.record) && container.record.health?.status !== "healthy";
}
