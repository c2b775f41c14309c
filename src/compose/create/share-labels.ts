import type { ContainerWish } from "./container-body.ts";

/** Labels of a Hull engine: see docs/ports.md. Another engine knows nothing of them. */
const publishMode = "hull.publish-mode";
const publishGroup = "hull.publish-group";
const healthGate = "hull.health-gate";

/**
 * Names and shared ports lead to containers that can serve. Replicas publish one host port
 * together; every container of a service that could have replicas is made so from the first one
 * on: scaling up moves nothing then. The group keeps other projects out.
 */
export function shareLabels(wish: ContainerWish): Record<string, string> {
  const { project, service, oneOff } = wish;
  if (oneOff) return {};
  return {
    ...(service.labels?.[healthGate] === undefined && { [healthGate]: "true" }),
    ...(sharesPorts(wish) && {
      [publishMode]: "shared",
      [publishGroup]: `${project.name}/${service.name}`,
    }),
  };
}

function sharesPorts({ service }: ContainerWish): boolean {
  if (service.container_name !== undefined || service.labels?.[publishMode] !== undefined) return false;
  return (service.ports ?? []).some(({ published }) => /^\d+$/.test(published ?? ""));
}
