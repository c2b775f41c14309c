import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import type { Conversion, Manifest } from "./conversion.ts";
import { claimsOf, ownClaims } from "./kind.ts";
import type { PodVolumes } from "./pod-volumes.ts";

/** Templates of the claims each replica gets. */
export function claimTemplates(
  conversion: Conversion,
  service: Service,
  volumes: PodVolumes,
): readonly Manifest[] {
  return ownClaims(conversion.project, service).map((key) => {
    const name = conversion.claimName(key);
    volumes.templates.add(name);
    return claim(conversion, key, name, "ReadWriteOnce");
  });
}

/** Claims that several services share, or that nobody has for himself. */
export function sharedClaims(conversion: Conversion, own: ReadonlySet<string>): readonly Manifest[] {
  const { project } = conversion;
  return Object.keys(project.volumes)
    .filter((key) => project.volumes[key]?.external !== true && !own.has(key))
    .filter((key) =>
      Object.values(project.services).some((one) => claimsOf(one).some((claimed) => claimed.key === key)),
    )
    .map((key) => {
      conversion.notes.changed(
        `volume ${key}`,
        "services",
        "several Pods mount it: its storage class must offer ReadWriteMany",
      );
      return claim(conversion, key, conversion.claimName(key), "ReadWriteMany");
    });
}

function claim(conversion: Conversion, key: string, name: string, mode: string): Manifest {
  const labels = conversion.project.volumes[key]?.labels ?? {};
  return conversion.manifest("v1", "PersistentVolumeClaim", name, {
    spec: {
      accessModes: [mode],
      storageClassName: labels["hull.storage-class"],
      resources: { requests: { storage: labels["hull.storage"] ?? "1Gi" } },
    },
  });
}

/** Own claims of all services of the project. */
export function ownClaimsOfAll(project: Project, statefulSets: readonly Service[]): ReadonlySet<string> {
  return new Set(statefulSets.flatMap((service) => ownClaims(project, service)));
}
