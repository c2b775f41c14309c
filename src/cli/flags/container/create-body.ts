import type { FlagValues } from "../flag.ts";
import { blockIoFlags, blockIoOf } from "./block-io.ts";
import { deviceFlags, devicesOf } from "./devices.ts";
import { environmentFlags, environmentList, givenVariables, variablesInFiles } from "./environment.ts";
import { healthFlags, healthOf } from "./health.ts";
import { annotationsOf, identityFlags, identityOf } from "./identity.ts";
import { lifecycleFlags, lifecycleOf } from "./lifecycle.ts";
import { nameFlags, namesOf } from "./names.ts";
import { namespaceFlags, namespacesOf } from "./namespaces.ts";
import { networkFlags, networksOf } from "./network.ts";
import { portFlags, portsOf } from "./ports.ts";
import { addProxies } from "./proxies.ts";
import { publishModeFlag, publishModeLabel } from "./publish-mode.ts";
import { resourceFlags, resourcesOf } from "./resources.ts";
import { securityFlags, securityOf } from "./security.ts";
import { streamFlags, streamsOf } from "./streams.ts";
import { volumeFlags, volumesOf } from "./volumes.ts";
import { windowsFlags } from "./windows-only.ts";

/** Everything that describes a container, whether it is run or only created. */
export const containerFlags = {
  ...blockIoFlags,
  ...deviceFlags,
  ...environmentFlags,
  ...healthFlags,
  ...identityFlags,
  ...lifecycleFlags,
  ...nameFlags,
  ...namespaceFlags,
  ...networkFlags,
  ...portFlags,
  "publish-mode": publishModeFlag,
  ...resourceFlags,
  ...securityFlags,
  ...streamFlags,
  ...volumeFlags,
  ...windowsFlags,
};

export type ContainerFlagValues = FlagValues<typeof containerFlags>;

export interface BodyContext {
  readonly given: ReadonlySet<string>;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Of config.json. */
  readonly proxies: unknown;
  /** The engine's address, by which proxies may be chosen. */
  readonly engineHost: string;
}

export type CreateBody = ReturnType<typeof createBody>;

/** The body of `POST /containers/create`, every field as the docker program writes it. */
export function createBody(values: ContainerFlagValues, context: BodyContext) {
  const { given, image, command } = context;
  const streams = streamsOf(values);
  const resources = resourcesOf(values);
  const volumes = volumesOf(values);
  const identity = identityOf(values, given);
  // trail: run -p
  const ports = portsOf(values);
  const devices = devicesOf(values);
  const variables = givenVariables(values.env, context.env);
  addProxies(variables, context.proxies, context.engineHost);
  const environment = [...variablesInFiles(values["env-file"], context.env), ...environmentList(variables)];
  const namespaces = namespacesOf(values);
  const lifecycle = lifecycleOf(values);
  const security = securityOf(values);
  const health = healthOf(values);
  const networks = networksOf(values);
  const exposes = Object.keys(ports.exposed).length > 0;
  return {
    ...streams,
    ...identity,
    Labels: { ...identity.Labels, ...publishModeLabel(values["publish-mode"]) },
    ...(exposes && { ExposedPorts: ports.exposed }),
    Env: environment.length > 0 ? environment : null,
    Cmd: command.length > 0 ? [...command] : null,
    ...health,
    Image: image,
    Volumes: volumes.anonymous,
    OnBuild: null,
    HostConfig: {
      ...volumes.host,
      ...lifecycle,
      ...annotationsOf(values),
      NetworkMode: networks.mode,
      PortBindings: ports.bindings,
      PublishAllPorts: values["publish-all"],
      ConsoleSize: [0, 0] as [height: number, width: number],
      ...namesOf(values),
      ...namespaces,
      Links: networks.links,
      ...security,
      ...resources,
      ...blockIoOf(values),
      ...devices,
      CpuCount: 0,
      CpuPercent: 0,
      IOMaximumIOps: 0,
      IOMaximumBandwidth: 0,
    },
    NetworkingConfig: networks.config,
  };
}
