import type { Service } from "../model/service.ts";
import { about, type Conversion, type Manifest, replicasOf, type YamlMap } from "./conversion.ts";

export interface Autoscaling {
  /** The file asks for it: `x-autoscale` below `deploy`. */
  readonly real?: Manifest;
  readonly hint?: { readonly text: string; readonly body: YamlMap };
}

const usualPercent = 80;

/** `deploy: {x-autoscale: {min: 2, max: 10, cpu: 70}}`; without it, several replicas are worth a hint. */
export function autoscaler(conversion: Conversion, service: Service): Autoscaling {
  const asked = service.deploy?.extensions?.["x-autoscale"];
  const replicas = replicasOf(service);
  if (asked === undefined) {
    if (replicas < 2) return {};
    const { body } = manifest(conversion, service, replicas, replicas * 2, usualPercent);
    return { hint: { text: "To have as many as there is work for, instead of `replicas`:", body } };
  }
  const { min, max, cpu } = (typeof asked === "object" && asked !== null ? asked : {}) as Record<
    string,
    unknown
  >;
  const number = (value: unknown, usual: number) =>
    Number.isInteger(value) && Number(value) > 0 ? Number(value) : usual;
  const least = number(min, replicas);
  const hasCpu =
    service.deploy?.resources?.reservations?.cpus ??
    service.cpu_shares ??
    service.deploy?.resources?.limits?.cpus ??
    service.cpus;
  if (!hasCpu)
    conversion.notes.lost(
      about(service),
      "deploy.x-autoscale",
      "it counts in shares of a reservation: deploy.resources.reservations.cpus says how much",
    );
  return {
    real: manifest(
      conversion,
      service,
      least,
      Math.max(least, number(max, least * 4)),
      number(cpu, usualPercent),
    ),
  };
}

function manifest(
  conversion: Conversion,
  service: Service,
  least: number,
  most: number,
  percent: number,
): Manifest {
  const name = conversion.nameOf(service.name);
  return conversion.manifest(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    name,
    {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: least,
        maxReplicas: most,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } },
          },
        ],
      },
    },
    service,
  );
}
