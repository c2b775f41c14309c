import type { ImageRunConfig } from "../../oci/image-config.ts";
import type { BuildRequest } from "../build-request.ts";

/** A base image's configuration without what `--unset` names. */
export function withoutDeclared(config: ImageRunConfig, unset: BuildRequest["unset"]): ImageRunConfig {
  const names = (kind: BuildRequest["unset"][number]["kind"]) =>
    new Set(unset.filter((one) => one.kind === kind).map(({ name }) => name));
  const without = <T>(values: Readonly<Record<string, T>> | null | undefined, gone: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => !gone.has(name)));
  const [volumes, ports, env, labels] = [names("VOLUME"), names("EXPOSE"), names("ENV"), names("LABEL")];
  const withProtocol = new Set([...ports].map((port) => (port.includes("/") ? port : `${port}/tcp`)));
  return {
    ...config,
    ...(volumes.size > 0 && { Volumes: without(config.Volumes, volumes) }),
    ...(ports.size > 0 && { ExposedPorts: without(config.ExposedPorts, withProtocol) }),
    ...(env.size > 0 && {
      Env: (config.Env ?? []).filter((variable) => !env.has(variable.split("=", 1)[0] ?? "")),
    }),
    ...(labels.size > 0 && { Labels: without(config.Labels, labels) }),
  };
}
