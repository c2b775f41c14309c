import type { ContainerWish } from "./container-body.ts";

/** Labels of a Hull engine: see docs/ports.md. */
const publishMode = "hull.publish-mode";
const publishGroup = "hull.publish-group";

/**
 * Replicas publish one host port together. Every container of a service that could have replicas
 * is made so from the first one on: scaling up moves nothing then. The group keeps other projects out.
 */
export function shareLabels({ project, service, oneOff }: ContainerWish): Record<string, string> {
  if (oneOff || service.container_name !== undefined) return {};
  const fixed = service.ports?.some(({ published }) => published !== undefined && published !== "");
  if (!fixed || service.labels?.[publishMode] !== undefined) return {};
  return { [publishMode]: "shared", [publishGroup]: `${project.name}/${service.name}` };
}
