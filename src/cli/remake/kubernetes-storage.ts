import { kubernetesName } from "../../compose/kubernetes/name.ts";
import type { Yaml } from "../../lib/yaml-text.ts";
import type { Mount } from "../../protocol/generated/types.ts";
import type { Options } from "./wish.ts";

export interface Storage {
  readonly volumes: readonly Yaml[];
  readonly mounts: readonly Yaml[];
  readonly claims: readonly string[];
}

export function storageOf(options: Options): Storage {
  const volumes: Yaml[] = [];
  const mounts: Yaml[] = [];
  const claims: string[] = [];
  const add = (path: string, source: Record<string, Yaml>, readOnly?: boolean) => {
    const name = `data-${volumes.length + 1}`;
    volumes.push({ name, ...source });
    mounts.push({ name, mountPath: path, readOnly: readOnly || undefined });
  };
  const claim = (volume: string, path: string, readOnly: boolean) => {
    const name = kubernetesName(volume);
    if (!claims.includes(name)) claims.push(name);
    add(path, { persistentVolumeClaim: { claimName: name } }, readOnly);
  };
  const emptyDir = (path: string, more: Record<string, Yaml> = {}) => add(path, { emptyDir: more });
  for (const { source, target, mode } of options.volumes ?? []) {
    const readOnly = mode.split(",").includes("ro");
    if (source === "") emptyDir(target);
    else if (source.startsWith("/")) add(target, { hostPath: { path: source } }, readOnly);
    else claim(source, target, readOnly);
  }
  for (const mount of options.mounts ?? []) addMount(mount);
  for (const path of Object.keys(options.tmpfs ?? {})) emptyDir(path, { medium: "Memory" });
  if (options.shmSize !== undefined)
    emptyDir("/dev/shm", { medium: "Memory", sizeLimit: String(options.shmSize) });
  return { volumes, mounts, claims };

  function addMount({
    Type: type,
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    TmpfsOptions: tmpfs,
  }: Mount): void {
    const path = target ?? "";
    if (type === "bind") add(path, { hostPath: { path: source ?? "" } }, Boolean(readOnly));
    else if (type === "tmpfs") {
      emptyDir(path, { medium: "Memory", ...(tmpfs?.SizeBytes && { sizeLimit: String(tmpfs.SizeBytes) }) });
    } else if (source) claim(source, path, Boolean(readOnly));
    else emptyDir(path);
  }
}
