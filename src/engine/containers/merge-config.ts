import { invalidArgument } from "../../errors/engine-error.ts";
import type { Healthcheck, ImageRunConfig } from "../../oci/image-config.ts";
import type { ContainerConfig } from "../../records/container-config.ts";

export interface MergedConfig {
  readonly config: ContainerConfig;
  /** The whole command line: entrypoint, then arguments. */
  readonly command: readonly string[];
  readonly path: string;
  readonly args: readonly string[];
}

/**
 * Fills what the user left open with what the image says. An entrypoint of one's own
 * drops the image's command with the image's entrypoint, and `[""]` means none at all.
 */
export function mergeImageConfig(asked: ContainerConfig, image: ImageRunConfig | undefined): MergedConfig {
  const config = fillFromImage(asked, image ?? {});
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const [path, ...args] = command;
  if (path === undefined) throw invalidArgument("no command specified");
  return { config, command, path, args };
}

function fillFromImage(asked: ContainerConfig, image: ImageRunConfig): ContainerConfig {
  const exposed = { ...image.ExposedPorts, ...asked.ExposedPorts };
  const volumes = { ...image.Volumes, ...asked.Volumes };
  const stopSignal = asked.StopSignal || image.StopSignal;
  const health = mergeHealthcheck(asked.Healthcheck, image.Healthcheck);
  return {
    ...asked,
    ...chooseCommand(asked, image),
    User: asked.User || (image.User ?? ""),
    WorkingDir: asked.WorkingDir || (image.WorkingDir ?? ""),
    Env: mergeEnv(asked.Env, image.Env ?? []),
    Labels: { ...image.Labels, ...asked.Labels },
    Volumes: Object.keys(volumes).length > 0 ? volumes : asked.Volumes,
    ...(Object.keys(exposed).length > 0 && { ExposedPorts: exposed }),
    ...(stopSignal !== undefined && { StopSignal: stopSignal }),
    ...(health !== undefined && { Healthcheck: health }),
  };
}

/** An empty list is an answer (`--entrypoint` given through the API as `[]`), null is not. */
function chooseCommand(asked: ContainerConfig, image: ImageRunConfig) {
  const own = asked.Entrypoint ?? [];
  if (own.length > 0) {
    return { Entrypoint: own.length === 1 && own[0] === "" ? null : own, Cmd: asked.Cmd };
  }
  const entrypoint = asked.Entrypoint === null ? (image.Entrypoint ?? null) : asked.Entrypoint;
  return {
    Entrypoint: entrypoint?.length === 1 && entrypoint[0] === "" ? null : entrypoint,
    Cmd: asked.Cmd !== null && asked.Cmd.length > 0 ? asked.Cmd : (image.Cmd ?? asked.Cmd),
  };
}

const keyOf = (variable: string) => variable.split("=", 1)[0] ?? "";

function mergeEnv(asked: readonly string[], image: readonly string[]): readonly string[] {
  const mine = new Set(asked.map(keyOf));
  return [...asked, ...image.filter((variable) => !mine.has(keyOf(variable)))];
}

function mergeHealthcheck(
  asked: Healthcheck | undefined,
  image: Healthcheck | undefined,
): Healthcheck | undefined {
  if (asked === undefined || image === undefined) return asked ?? image;
  const test = asked.Test !== undefined && asked.Test.length > 0 ? asked.Test : image.Test;
  const interval = asked.Interval || image.Interval;
  const timeout = asked.Timeout || image.Timeout;
  const retries = asked.Retries || image.Retries;
  const startPeriod = asked.StartPeriod || image.StartPeriod;
  const startInterval = asked.StartInterval || image.StartInterval;
  return {
    ...(test !== undefined && { Test: test }),
    ...(interval !== undefined && { Interval: interval }),
    ...(timeout !== undefined && { Timeout: timeout }),
    ...(retries !== undefined && { Retries: retries }),
    ...(startPeriod !== undefined && { StartPeriod: startPeriod }),
    ...(startInterval !== undefined && { StartInterval: startInterval }),
  };
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of the first process. `linked` are the variables of `--link`. A variable
 * that comes twice has its last value, and one without `=` takes the default away.
 * HOME is not here: only the runtime knows the user's.
 */
export function buildEnvironment(
  config: ContainerConfig,
  hostname: string,
  linked: readonly string[] = [],
): string[] {
  const defaults = [
    `PATH=${defaultPath}`,
    `HOSTNAME=${hostname}`,
    ...(config.Tty ? ["TERM=xterm"] : []),
    ...linked,
  ];
  const result = new Map(defaults.map((variable) => [keyOf(variable), variable]));
  for (const variable of config.Env) {
    if (variable.includes("=")) result.set(keyOf(variable), variable);
    else result.delete(variable);
  }
  return [...result.values()];
}
