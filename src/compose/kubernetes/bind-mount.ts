import { basename } from "node:path";
import type { Service } from "../model/service.ts";
import type { ServiceVolume } from "../model/service-parts.ts";
import { about, type Conversion, type YamlMap } from "./conversion.ts";
import { fileData } from "./file-data.ts";
import { fileKey, type PodVolumes } from "./pod-volumes.ts";

/**
 * What a service has of the machine it is described on. A cluster has no such directory: files of
 * moderate size become ConfigMaps, and the rest is a path of whatever node the Pod is on.
 */
export function bindMount(
  conversion: Conversion,
  service: Service,
  volume: ServiceVolume,
  volumes: PodVolumes,
): readonly (readonly [string, YamlMap])[] {
  const { source = "", target = "", read_only: readOnly, bind } = volume;
  const lost = (attribute: string, text: string) => conversion.notes.lost(about(service), attribute, text);
  if (bind?.selinux !== undefined) lost("volumes.bind.selinux", "labels are given by the node");
  if (bind?.recursive !== undefined)
    lost("volumes.bind.recursive", "mounts below it are as they are on the node");
  const content = conversion.sources.read(source);
  const files =
    content?.kind === "file"
      ? { [basename(target)]: content.bytes }
      : content?.kind === "folder" && readOnly
        ? content.files
        : undefined;
  if (!files || bind?.propagation !== undefined)
    return [[target, hostPath(conversion, service, volume, volumes)]];
  const name = conversion.configMapName(`${service.name}-${basename(source)}`);
  const data = Object.entries(files).map(([file, bytes]): [string, Uint8Array] => [fileKey(file), bytes]);
  volumes.manifests.push(
    conversion.manifest("v1", "ConfigMap", name, fileData(Object.fromEntries(data), "binaryData"), service),
  );
  if (!readOnly)
    lost("volumes", `${target} is a copy of the file ${basename(source)}, and cannot be written to`);
  else
    conversion.notes.changed(
      about(service),
      "volumes",
      `${target} is a copy of ${basename(source)} as it is now`,
    );
  const mode = content?.kind === "file" ? undefined : Object.keys(files);
  const items = mode?.map((file) => ({ key: fileKey(file), path: file }));
  const mount = { name: volumes.add(name, { configMap: { name, items } }), readOnly: true };
  return [[target, mode ? mount : { ...mount, subPath: fileKey(basename(target)) }]];
}

const propagations: Readonly<Record<string, string>> = {
  rshared: "Bidirectional",
  shared: "Bidirectional",
  rslave: "HostToContainer",
  slave: "HostToContainer",
};

function hostPath(
  conversion: Conversion,
  service: Service,
  { source = "", target = "", read_only: readOnly, bind }: ServiceVolume,
  volumes: PodVolumes,
): YamlMap {
  conversion.notes.lost(
    about(service),
    "volumes",
    `${source} at ${target} is a path of the node the Pod runs on: put it into the image or on a volume`,
  );
  const type = bind?.create_host_path === false ? undefined : "DirectoryOrCreate";
  const isSpecial = conversion.sources.read(source)?.kind === "other" || source.endsWith(".sock");
  const path = { path: source, type: isSpecial ? undefined : type };
  return {
    name: volumes.add(`host-${basename(source) || "root"}`, { hostPath: path }),
    readOnly,
    mountPropagation: propagations[bind?.propagation ?? ""],
  };
}
