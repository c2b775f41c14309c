import type { Service } from "../model/service.ts";
import { about, type Conversion, type Manifest } from "./conversion.ts";

/** Variables that are better kept in a Secret: by the word their name ends with. */
const confidential =
  /(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|SECRET_KEY|ACCESS_KEY|CREDENTIALS?)$/i;

export interface Environment {
  readonly manifests: readonly Manifest[];
  /** For the container. */
  readonly envFrom: readonly { readonly [kind: string]: { readonly name: string } }[];
}

export function environmentOf(conversion: Conversion, service: Service): Environment {
  const plain: Record<string, string> = {};
  const secret: Record<string, string> = {};
  for (const [name, value] of Object.entries(service.environment ?? {})) {
    if (value === null) {
      conversion.notes.lost(
        about(service),
        `environment.${name}`,
        "it has no value here, and none in the cluster",
      );
    } else if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) {
      conversion.notes.lost(
        about(service),
        `environment.${name}`,
        "Kubernetes takes no such name of a variable",
      );
    } else if (confidential.test(name) && value !== "") secret[name] = value;
    else plain[name] = value;
  }
  const key = `${service.name}-environment`;
  const manifests: Manifest[] = [];
  const envFrom: { [kind: string]: { name: string } }[] = [];
  if (Object.keys(plain).length > 0) {
    const name = conversion.configMapName(key);
    manifests.push(conversion.manifest("v1", "ConfigMap", name, { data: plain }, service));
    envFrom.push({ configMapRef: { name } });
  }
  if (Object.keys(secret).length > 0) {
    const name = conversion.secretName(key);
    manifests.push(
      conversion.manifest("v1", "Secret", name, { type: "Opaque", stringData: secret }, service),
    );
    envFrom.push({ secretRef: { name } });
  }
  return { manifests, envFrom };
}
