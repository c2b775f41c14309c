import { posix } from "node:path";
import { invalidArgument, notImplemented } from "../../errors/engine-error.ts";
import type { MountRequest } from "../../records/container-config.ts";
import { consistencies, propagations } from "./bind-mode.ts";

const maxSafeMode = 0o7777;

/** Checks one `--mount` with Docker's words. */
export function checkMountRequest(
  request: MountRequest,
  host: { sourceExists(path: string): boolean },
): void {
  const type: string = request.Type ?? "";
  const refuse = (reason: string) =>
    invalidArgument(`invalid mount config for type ${JSON.stringify(type)}: ${reason}`);
  const without = (field: "BindOptions" | "VolumeOptions" | "TmpfsOptions") => {
    if (request[field] !== undefined && request[field] !== null)
      throw refuse(`field ${field} must not be specified`);
  };
  if (type === "image" || type === "cluster")
    throw notImplemented(`mounts of type ${JSON.stringify(type)} are not supported`);
  if (type !== "bind" && type !== "volume" && type !== "tmpfs") throw refuse("mount type unknown");
  if (!request.Target) throw refuse("field Target must not be empty");
  const target = targetProblem(request.Target);
  if (target) throw refuse(target);
  if (request.Consistency && !consistencies.includes(request.Consistency))
    throw refuse(`invalid consistency: ${request.Consistency}`);
  switch (type) {
    case "bind":
      without("VolumeOptions");
      without("TmpfsOptions");
      checkBind(request, refuse, host);
      break;
    case "volume":
      without("BindOptions");
      without("TmpfsOptions");
      checkVolume(request, refuse);
      break;
    case "tmpfs":
      without("BindOptions");
      without("VolumeOptions");
      if (request.Source) throw refuse("field Source must not be specified");
      checkTmpfs(request, refuse);
      break;
    default:
      (type) satisfies never;
  }
}

/** Docker's sentence for a place where nothing can be mounted. */
export function targetProblem(target: string): string | undefined {
  if (!target.startsWith("/")) return `invalid mount path: '${target}' mount path must be absolute`;
  if (cleanPath(target) === "/") return "invalid specification: destination can't be '/'";
  if (target.includes("\0")) return `invalid mount path: '${target.replaceAll("\0", "\\0")}' contains a NUL`;
  return undefined;
}

/** A path without `.`, `..`, double and trailing slashes, as Go's path.Clean makes it. */
export function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

type Refuse = (reason: string) => Error;

function checkBind(
  request: MountRequest,
  refuse: Refuse,
  host: { sourceExists(path: string): boolean },
): void {
  const { Source: source, BindOptions: options } = request;
  if (!source) throw refuse("field Source must not be empty");
  if (options?.Propagation && !propagations.includes(options.Propagation))
    throw refuse(`invalid propagation mode: ${options.Propagation}`);
  if (!source.startsWith("/")) throw refuse(`invalid mount path: '${source}' mount path must be absolute`);
  if (options?.ReadOnlyNonRecursive && options.ReadOnlyForceRecursive)
    throw refuse("mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive");
  if ((options?.ReadOnlyNonRecursive || options?.ReadOnlyForceRecursive) && !request.ReadOnly)
    throw refuse("ReadOnlyNonRecursive and ReadOnlyForceRecursive need a read-only mount");
  if (options?.NonRecursive && options.ReadOnlyForceRecursive)
    throw refuse("mount options conflict: NonRecursive && ReadOnlyForceRecursive");
  if (!options?.CreateMountpoint && !host.sourceExists(source))
    throw refuse(`bind source path does not exist: ${source}`);
}

function checkVolume(request: MountRequest, refuse: Refuse): void {
  const subpath = request.VolumeOptions?.Subpath ?? "";
  if (!request.Source) {
    if (subpath) throw refuse("must not set Subpath when using anonymous volumes");
    if (request.ReadOnly) throw refuse("must not set ReadOnly mode when using anonymous volumes");
  }
  const leadsOut = subpath.startsWith("/") || posix.normalize(subpath).split("/")[0] === "..";
  if (subpath && leadsOut) throw refuse("subpath must be a relative path within the volume");
}

function checkTmpfs(request: MountRequest, refuse: Refuse): void {
  const { SizeBytes: size = 0, Mode: mode = 0 } = request.TmpfsOptions ?? {};
  if (!Number.isSafeInteger(size) || size < 0) throw refuse(`invalid tmpfs size: ${size}`);
  if (!Number.isSafeInteger(mode) || mode < 0 || mode > maxSafeMode)
    throw refuse(`invalid tmpfs mode: ${mode}`);
  for (const option of request.TmpfsOptions?.Options ?? []) {
    const [key = ""] = option;
    if (option.length !== 1 || (key !== "exec" && key !== "noexec"))
      throw refuse(`invalid option: ${JSON.stringify(option.join("="))}`);
  }
}
