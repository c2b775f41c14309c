import type { Service } from "../model/service.ts";

const defaultGraceSeconds = 10;

/** How long those a container serves may take to end before it is told to stop: as long as it may take then. */
export function drainSeconds(service: Service, timeout: number | undefined): number {
  const { stop_grace_period: grace } = service;
  return Math.ceil(timeout ?? (grace === undefined ? defaultGraceSeconds : grace / 1e9));
}
