import type { Service } from "../model/service.ts";
import type { ServiceVolume } from "../model/service-parts.ts";
import type { ClientFiles, ContainerWish } from "./container-body.ts";
import { isCopied, type ReferredFile, referredFiles } from "./file-references.ts";

/** What is asked for and cannot be given; the service runs without it. */
export function warningsOf(wish: ContainerWish, files: ClientFiles): string[] {
  const { service } = wish;
  return [
    ...referredFiles(wish).flatMap((file) => ofFile(file, files)),
    ...(service.volumes ?? []).flatMap(ofVolume),
    ...Object.entries(service.networks ?? {}).flatMap(([key, network]) => {
      const option = network?.driver_opts?.["com.docker.network.endpoint.ifname"];
      return network?.interface_name && option !== undefined && option !== network.interface_name
        ? [
            `ignoring services.${service.name}.networks.${key}.interface_name as com.docker.network.endpoint.ifname driver_opts is already declared`,
          ]
        : [];
    }),
    ...forClusters(service),
  ];
}

function ofFile(file: ReferredFile, files: ClientFiles): string[] {
  if (isCopied(file)) return [];
  const { kind, reference, defined } = file;
  const owned = reference.uid || reference.gid || reference.mode !== undefined;
  const ignored = `${kind === "config" ? "config" : "secrets"} \`uid\`, \`gid\` and \`mode\` are not supported, they will be ignored`;
  const missing = kind === "secret" && !files.exists(defined.file ?? "");
  return [...(owned ? [ignored] : []), ...(missing ? [`secret file ${defined.name} does not exist`] : [])];
}

function ofVolume(volume: ServiceVolume): string[] {
  const kinds = ["bind", "volume", "tmpfs", "image"] as const;
  return kinds
    .filter((kind) => volume[kind] !== undefined && volume.type !== kind)
    .map((kind) => `mount of type \`${volume.type}\` should not define \`${kind}\` option`);
}

/** A scheduler of many machines reads these; one engine has nothing to choose from. */
function forClusters({ name, deploy }: Service): string[] {
  const reservations = deploy?.resources?.reservations;
  const left = [
    ["mode", deploy?.mode !== undefined && deploy.mode !== "replicated"],
    ["placement", deploy?.placement !== undefined],
    ["endpoint_mode", deploy?.endpoint_mode !== undefined],
    ["labels", deploy?.labels !== undefined],
    ["resources.reservations.cpus", reservations?.cpus !== undefined],
    ["resources.reservations.generic_resources", reservations?.generic_resources !== undefined],
    ["restart_policy.delay", deploy?.restart_policy?.delay !== undefined],
    ["restart_policy.window", deploy?.restart_policy?.window !== undefined],
  ] as const;
  const found = left.filter(([, there]) => there).map(([key]) => key);
  if (found.length === 0) return [];
  return [`services.${name}.deploy: ${found.join(", ")}: for clusters only, left out`];
}
