import type { ContainerRecord } from "../../records/container-record.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { healthPlan } from "./health-state.ts";

/**
 * With the label `hull.health-gate=true` a container is led to, by a name or a port it shares with
 * others, only while it can serve: it is healthy, or has no check and listens on the ports it
 * shares, and it is not being stopped. Otherwise it stands back. Where all of them stand back, all
 * are used: one that may answer is better than none.
 */
const gateLabel = "hull.health-gate";

export const isGated = ({ config }: ContainerRecord): boolean => config.Labels?.[gateLabel] === "true";

export const hasCheck = ({ config }: ContainerRecord): boolean =>
  healthPlan(config.Healthcheck) !== undefined;

/** As it is now. */
export function standsBack(container: LiveContainer): boolean {
  const { record } = container;
  if (!isGated(record)) return false;
  if (container.isLeaving || container.isDeaf) return true;
  return hasCheck(record) && record.health?.status !== "healthy";
}
