import type { Yaml } from "../../lib/yaml-text.ts";
import type { Service } from "../model/service.ts";
import type { FileReference, ServiceVolume } from "../model/service-parts.ts";
import { bindMount } from "./bind-mount.ts";
import { about, type Conversion, type YamlMap } from "./conversion.ts";
import { kubernetesName } from "./name.ts";
import { fileKey, Mounts, type PodVolumes } from "./pod-volumes.ts";
import { byteQuantity } from "./words.ts";

export function mountsOf(conversion: Conversion, service: Service, volumes: PodVolumes): readonly Yaml[] {
  const mounts = new Mounts();
  const add = (attribute: string, path: string, mount: YamlMap) => {
    if (!path.startsWith("/") || path.includes(":"))
      conversion.notes.lost(about(service), attribute, `${JSON.stringify(path)} is no place for a mount`);
    else if (!mounts.add(path, mount))
      conversion.notes.lost(about(service), attribute, `something else is mounted at ${path} already`);
  };
  for (const volume of service.volumes ?? []) addVolume(conversion, service, volume, volumes, add);
  for (const text of service.volumes_from ?? []) addVolumesFrom(conversion, service, text, volumes, add);
  for (const text of service.tmpfs ?? []) addTmpfs(conversion, service, text, volumes, add);
  if (service.shm_size !== undefined) {
    const source = { emptyDir: { medium: "Memory", sizeLimit: byteQuantity(service.shm_size) } };
    add("shm_size", "/dev/shm", { name: volumes.add("shm", source) });
  }
  for (const reference of service.configs ?? [])
    addFile(conversion, service, "configs", reference, volumes, add);
  for (const reference of service.secrets ?? [])
    addFile(conversion, service, "secrets", reference, volumes, add);
  return mounts.list;
}

type Add = (attribute: string, path: string, mount: YamlMap) => void;

function addVolume(
  conversion: Conversion,
  service: Service,
  volume: ServiceVolume,
  volumes: PodVolumes,
  add: Add,
): void {
  const { type, source, target = "", read_only: readOnly } = volume;
  const lost = (attribute: string, text: string) => conversion.notes.lost(about(service), attribute, text);
  if (volume.consistency !== undefined && volume.consistency !== "consistent")
    conversion.notes.changed(about(service), "volumes.consistency", "it is for desktops only");
  switch (type) {
    case "volume": {
      const subPath = volume.volume?.subpath;
      if (volume.volume?.labels) lost("volumes.volume.labels", "labels of volumes belong to the volume");
      if (!source) {
        add("volumes", target, { name: volumes.add("scratch-".concat(target), { emptyDir: {} }), subPath });
        conversion.notes.changed(
          about(service),
          "volumes",
          `the volume without a name at ${target} lives as long as its Pod`,
        );
        return;
      }
      if (!volume.volume?.nocopy)
        conversion.notes.changed(
          about(service),
          "volumes",
          `${source} begins empty: Kubernetes does not copy what the image has at ${target}`,
        );
      add("volumes", target, { name: claimVolume(conversion, service, source, volumes), subPath, readOnly });
      return;
    }
    case "bind":
      for (const [path, mount] of bindMount(conversion, service, volume, volumes))
        add("volumes", path, mount);
      return;
    case "tmpfs": {
      const size = volume.tmpfs?.size;
      if (volume.tmpfs?.mode !== undefined)
        lost("volumes.tmpfs.mode", "permissions of a directory in memory cannot be chosen");
      const memory = { medium: "Memory", sizeLimit: size ? byteQuantity(size) : undefined };
      add("volumes", target, { name: volumes.add(`memory-${target}`, { emptyDir: memory }), readOnly });
      return;
    }
    default:
      lost(
        "volumes.type",
        `mounts of type ${JSON.stringify(type)} have no counterpart: ${target} is not mounted`,
      );
  }
}

/** The name of the Pod's volume: its own claim, or one it shares. */
function claimVolume(conversion: Conversion, service: Service, key: string, volumes: PodVolumes): string {
  const claim = conversion.claimName(key);
  if (volumes.templates.has(claim)) return claim;
  const external = conversion.project.volumes[key]?.external;
  const claimName = external ? kubernetesName(conversion.project.volumes[key]?.name ?? key) : claim;
  if (external)
    conversion.notes.changed(
      about(service),
      "volumes",
      `the external volume ${key} is the claim ${claimName}, which must be there`,
    );
  return volumes.add(claim, { persistentVolumeClaim: { claimName } });
}

function addVolumesFrom(
  conversion: Conversion,
  service: Service,
  text: string,
  volumes: PodVolumes,
  add: Add,
): void {
  const [name = "", mode] = text.split(":");
  const other: Service | undefined = name === "container" ? undefined : conversion.project.services[name];
  if (!other) {
    conversion.notes.lost(about(service), "volumes_from", `${text} is not a service of this project`);
    return;
  }
  for (const volume of other.volumes ?? []) {
    const asked = mode === "ro" ? { ...volume, read_only: true } : volume;
    addVolume(conversion, service, asked, volumes, (_, path, mount) => add("volumes_from", path, mount));
  }
}

function addTmpfs(
  conversion: Conversion,
  service: Service,
  text: string,
  volumes: PodVolumes,
  add: Add,
): void {
  const [path = "", options = ""] = text.split(":");
  let sizeLimit: string | undefined;
  for (const option of options.split(",").filter((one) => one !== "")) {
    const size = /^size=(\d+)([kmgt]?)b?$/i.exec(option);
    if (size) sizeLimit = `${size[1]}${size[2] ? `${size[2].toUpperCase()}i` : ""}`;
    else conversion.notes.lost(about(service), "tmpfs", `the option ${option} of ${path} has no counterpart`);
  }
  add("tmpfs", path, { name: volumes.add(`memory-${path}`, { emptyDir: { medium: "Memory", sizeLimit } }) });
}

/** A config or a secret as one file at its place. */
function addFile(
  conversion: Conversion,
  service: Service,
  attribute: "configs" | "secrets",
  { source, target, uid, gid, mode }: FileReference,
  volumes: PodVolumes,
  add: Add,
): void {
  const isSecret = attribute === "secrets";
  const object = conversion.project[attribute][source];
  const name = isSecret ? conversion.secretName(source) : conversion.configMapName(source);
  const external = object?.external ? kubernetesName(object.name) : undefined;
  if (uid !== undefined || gid !== undefined)
    conversion.notes.lost(about(service), `${attribute}.uid`, `the file of ${source} belongs to root`);
  const folder = isSecret ? "/run/secrets/" : "/";
  const path = target?.startsWith("/") ? target : folder + (target ?? source);
  const items = [{ key: fileKey(source), path: "content", mode }];
  const volume = isSecret
    ? { secret: { secretName: external ?? name, items } }
    : { configMap: { name: external ?? name, items } };
  const wish = `${isSecret ? "secret" : "config"}-${source}`;
  add(attribute, path, { name: volumes.add(wish, volume), subPath: "content", readOnly: true });
}
