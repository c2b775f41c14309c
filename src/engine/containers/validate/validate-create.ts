import { posix } from "node:path";
import type { ContainerConfig, HostConfig } from "../../../records/container-config.ts";
import { checkConfig } from "./config.ts";
import { checkDevices } from "./devices.ts";
import { type Draft, quoted, refuse } from "./draft.ts";
import type { HostAbilities } from "./host-abilities.ts";
import { checkLog } from "./log.ts";
import { checkNamespaces } from "./namespaces.ts";
import { checkNetwork } from "./network.ts";
import { checkResources } from "./resources.ts";
import { checkRestartPolicy } from "./restart.ts";
import { checkSecurity } from "./security.ts";

export interface ValidatedCreate {
  readonly config: ContainerConfig;
  /** With the engine's defaults in the place of what was left open. */
  readonly hostConfig: HostConfig;
  readonly warnings: string[];
}

/**
 * Every check dockerd makes of a new container that needs no look at files, images or other
 * containers. Throws `invalid_argument` (`not_implemented` for what we do not have), never
 * `not_found`: clients take that for a missing image and pull.
 */
export function validateCreate(
  config: ContainerConfig,
  hostConfig: HostConfig,
  host: HostAbilities,
): ValidatedCreate {
  const draft: Draft = { hostConfig: { ...hostConfig }, host, warnings: [] };
  checkNetwork(config, draft);
  checkNamespaces(config, draft);
  const checked = checkConfig(config);
  checkRestart(draft);
  checkResources(draft, false);
  fillLimits(draft);
  checkDevices(draft);
  checkSecurity(draft);
  checkStorage(draft);
  checkLog(draft);
  checkRuntime(draft);
  return { config: checked, hostConfig: draft.hostConfig, warnings: draft.warnings };
}

function checkRestart({ hostConfig }: Draft): void {
  const policy = hostConfig.RestartPolicy;
  if (policy.Name === "") hostConfig.RestartPolicy = { Name: "no", MaximumRetryCount: 0 };
  else if (hostConfig.AutoRemove && policy.Name !== "no") {
    throw refuse("can't create 'AutoRemove' container with restart policy");
  }
  checkRestartPolicy(policy);
}

/** Defaults that depend on other values, as inspect shows them. */
function fillLimits({ hostConfig, host }: Draft): void {
  if (hostConfig.Memory > 0 && hostConfig.MemorySwap === 0) hostConfig.MemorySwap = hostConfig.Memory * 2;
  if (host.limits.oomKillDisable) hostConfig.OomKillDisable ??= false;
  if (hostConfig.PidsLimit !== null && hostConfig.PidsLimit <= 0) hostConfig.PidsLimit = null;
}

function checkStorage({ hostConfig, host }: Draft): void {
  if (hostConfig.ShmSize < 0) throw refuse("SHM size can not be less than 0");
  if (hostConfig.ShmSize === 0) hostConfig.ShmSize = host.defaultShmSize;
  for (const path of Object.keys(hostConfig.Tmpfs ?? {})) {
    if (posix.normalize(path).replace(/^\/+$/, "/") === "/") {
      throw refuse("invalid specification: destination can't be '/'");
    }
    if (!path.startsWith("/")) throw refuse(`invalid mount path: '${path}' mount path must be absolute`);
  }
  const driver = hostConfig.VolumeDriver;
  if (driver !== "" && driver !== "local") {
    throw refuse(`error looking up volume plugin ${driver}: plugin ${quoted(driver)} not found`);
  }
  for (const name of Object.keys(hostConfig.StorageOpt ?? {})) {
    if (name !== "size") throw refuse(`unknown option ${name}`);
    if (!host.storageQuota) {
      throw refuse("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
    }
  }
}

function checkRuntime({ hostConfig, host }: Draft): void {
  const isolation = hostConfig.Isolation;
  if (isolation !== "" && isolation.toLowerCase() !== "default") {
    throw refuse(`invalid isolation (${isolation}): linux only supports 'default'`);
  }
  const score = hostConfig.OomScoreAdj;
  if (score < -1000 || score > 1000) {
    throw refuse(`Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  }
  if (hostConfig.Runtime === "") hostConfig.Runtime = host.defaultRuntime;
  if (!host.runtimes.has(hostConfig.Runtime)) {
    throw refuse(`unknown or invalid runtime name: ${hostConfig.Runtime}`);
  }
}
