import { invalidArgument } from "../../errors/engine-error.ts";
import type { ContainerConfig, HostConfig, MountRequest } from "../../records/container-config.ts";
import type { MountPoint } from "../../records/container-record.ts";
import { parseVolumesFrom } from "./bind-mode.ts";
import { parseBindSpec } from "./bind-spec.ts";
import { checkMountRequest, cleanPath, targetProblem } from "./mount-request.ts";
import { mergeTmpfsOptions, tmpfsOptionsOf } from "./tmpfs-options.ts";

/** A volume that a container needs: found by name or made. */
export interface VolumeWish {
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}

export interface MountPlan {
  /** By destination. Volumes still lack their `source`: see `withVolumeSources`. */
  readonly mounts: readonly MountPoint[];
  readonly volumes: readonly VolumeWish[];
  /** For the answer to the client. */
  readonly warnings: readonly string[];
}

/** What the planner asks the world. */
export interface MountSurroundings {
  sourceExists(path: string): boolean;
  /** The mounts of another container; throws `not_found` with Docker's words. */
  mountsOf(container: string): readonly MountPoint[];
  newVolumeName(): string;
  /** The engine's data root: a bind of it needs a propagation that lets unmounts through. */
  readonly dataRoot: string;
}

type Wishes = Pick<HostConfig, "Binds" | "Mounts" | "Tmpfs" | "VolumesFrom" | "VolumeDriver">;

/**
 * Decides all mounts of a new container. Later ones win over earlier ones at the same place:
 * other containers' mounts, then `-v`, then `--mount`; twice the same place among the last two
 * or `--tmpfs` is an error. Volumes of the image come last, where nothing else is.
 */
// trail: run -v
export function planMounts(
  wishes: Wishes,
  volumes: ContainerConfig["Volumes"],
  world: MountSurroundings,
): MountPlan {
  const plan = new Planner(wishes.Tmpfs ?? {}, world);
  for (const spec of wishes.VolumesFrom ?? []) plan.takeFrom(spec);
  for (const spec of wishes.Binds ?? []) plan.addBind(spec, wishes.VolumeDriver);
  for (const request of wishes.Mounts ?? []) plan.addMount(request);
  for (const path of Object.keys(volumes ?? {})) plan.addImageVolume(path, wishes.VolumeDriver);
  return plan.result();
}

class Planner {
  readonly #world: MountSurroundings;
  readonly #tmpfs: Set<string>;
  readonly #mounts = new Map<string, MountPoint>();
  readonly #asked = new Set<string>();
  readonly #volumes = new Map<string, VolumeWish>();
  readonly #warnings: string[] = [];

  constructor(tmpfs: Readonly<Record<string, string>>, world: MountSurroundings) {
    this.#world = world;
    for (const [path, options] of Object.entries(tmpfs)) {
      const problem = targetProblem(path);
      if (problem) throw invalidArgument(problem);
      mergeTmpfsOptions(options);
    }
    this.#tmpfs = new Set(Object.keys(tmpfs).map(cleanPath));
  }

  takeFrom(spec: string): void {
    const { container, readOnly } = parseVolumesFrom(spec);
    for (const mount of this.#world.mountsOf(container)) {
      this.#mounts.set(mount.destination, {
        ...mount,
        mode: "",
        readOnly: mount.readOnly || readOnly,
        copyUp: false,
      });
    }
  }

  addBind(spec: string, volumeDriver: string): void {
    const { request, mode } = parseBindSpec(spec, volumeDriver);
    const mount = this.#decide(request);
    this.#claim(mount.destination);
    this.#put({
      ...mount,
      mode: mode === "" ? mount.mode : mode,
      ...(mount.type === "bind" ? { createSource: true } : {}),
    });
    if (mount.type === "bind" && !this.#world.sourceExists(mount.source)) {
      this.#warnings.push(
        `bind source path does not exist: ${mount.source}: an empty directory is created there when the container starts`,
      );
    }
  }

  addMount(request: MountRequest): void {
    checkMountRequest(request, this.#world);
    const mount = this.#decide(request);
    this.#claim(mount.destination);
    this.#put(mount);
  }

  addImageVolume(path: string, volumeDriver: string): void {
    const destination = cleanPath(path.startsWith("/") ? path : `/${path}`);
    if (destination === "/") throw invalidArgument("invalid specification: destination can't be '/'");
    if (this.#mounts.has(destination) || this.#tmpfs.has(destination)) return;
    const request: MountRequest = {
      Type: "volume",
      Target: destination,
      VolumeOptions: volumeDriver ? { DriverConfig: { Name: volumeDriver } } : {},
    };
    this.#put({ ...this.#decide(request), mode: "" });
  }

  result(): MountPlan {
    return {
      mounts: [...this.#mounts.values()],
      // A volume named by a mount that another one replaced is not made.
      volumes: [...this.#volumes.values()].filter((wish) =>
        [...this.#mounts.values()].some((mount) => mount.type === "volume" && mount.name === wish.name),
      ),
      warnings: this.#warnings,
    };
  }

  #claim(destination: string): void {
    if (this.#asked.has(destination) || this.#tmpfs.has(destination))
      throw invalidArgument(`Duplicate mount point: ${destination}`);
    this.#asked.add(destination);
  }

  #put(mount: MountPoint): void {
    this.#mounts.set(mount.destination, mount);
  }

  #decide(request: MountRequest): MountPoint {
    const common = {
      name: "",
      source: "",
      destination: cleanPath(request.Target),
      driver: "",
      mode: "",
      readOnly: request.ReadOnly ?? false,
      propagation: "",
      anonymous: false,
      copyUp: false,
    };
    switch (request.Type) {
      case "bind":
        return { ...common, ...this.#decideBind(request) };
      case "volume":
        return { ...common, ...this.#decideVolume(request) };
      case "tmpfs":
        return { ...common, type: "tmpfs", tmpfsOptions: tmpfsOptionsOf(request) };
      default:
        throw request.Type satisfies never;
    }
  }

  #decideBind(request: MountRequest) {
    const options = request.BindOptions ?? {};
    const source = cleanPath(request.Source ?? "");
    return {
      type: "bind" as const,
      source,
      propagation: this.#propagation(source, options.Propagation ?? ""),
      ...(options.NonRecursive ? { nonRecursive: true } : {}),
      ...(options.CreateMountpoint ? { createSource: true } : {}),
      ...(options.ReadOnlyNonRecursive ? { readOnlyScope: "top" as const } : {}),
      ...(options.ReadOnlyForceRecursive ? { readOnlyScope: "all" as const } : {}),
    };
  }

  /** A container that sees the data root privately would keep the mounts of all others alive. */
  #propagation(source: string, asked: string): string {
    const { dataRoot } = this.#world;
    const touches = isWithin(source, dataRoot) || isWithin(dataRoot, source);
    if (!touches) return asked || "rprivate";
    if (asked === "" || asked === "rslave" || asked === "rshared") return asked || "rslave";
    throw invalidArgument(
      `invalid mount config: must use either propagation mode "rslave" or "rshared" when mount source is within the daemon root, daemon root: "${dataRoot}", bind mount source: "${source}", propagation: "${asked}"`,
    );
  }

  #decideVolume(request: MountRequest) {
    const options = request.VolumeOptions ?? {};
    const anonymous = !request.Source;
    const name = request.Source || this.#world.newVolumeName();
    const driver = options.DriverConfig?.Name || "local";
    const wish = {
      name,
      driver,
      options: options.DriverConfig?.Options ?? {},
      labels: { ...options.Labels, ...(anonymous ? { "com.docker.volume.anonymous": "" } : {}) },
      anonymous,
    };
    if (!this.#volumes.has(name)) this.#volumes.set(name, wish);
    const subpath = options.Subpath ? cleanPath(options.Subpath) : "";
    return {
      type: "volume" as const,
      name,
      driver,
      // Docker shows this mode on its own volumes; it means nothing without SELinux.
      mode: driver === "local" ? "z" : "",
      anonymous,
      copyUp: !options.NoCopy && subpath === "",
      ...(subpath ? { subpath } : {}),
    };
  }
}

export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === "/" || path.startsWith(`${directory}/`);
}

/** The plan's mounts with the paths of their volumes, known once the volumes are there. */
export function withVolumeSources(
  mounts: readonly MountPoint[],
  volume: (name: string) => { mountpoint: string; driver: string },
): MountPoint[] {
  return mounts.map((mount) => {
    if (mount.type !== "volume") return mount;
    const { mountpoint, driver } = volume(mount.name);
    return { ...mount, source: mountpoint, driver };
  });
}
