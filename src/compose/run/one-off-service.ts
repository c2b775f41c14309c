import { resolve } from "node:path";
import { parsePort } from "../load/short-forms/port.ts";
import { parseVolume } from "../load/short-forms/volume.ts";
import type { Service } from "../model/service.ts";
import type { ServicePort, ServiceVolume } from "../model/service-parts.ts";

/** What the command line of `run` changes in its service. */
export interface OneOffWish {
  /** Empty: the generated name. */
  readonly name: string;
  /** Empty: that of the service. */
  readonly command: readonly string[];
  /** Undefined: that of the service. */
  readonly entrypoint: readonly string[] | undefined;
  /** Null: it is not set anywhere, and is left as it is. */
  readonly environment: Readonly<Record<string, string | null>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly volumes: readonly string[];
  readonly publish: readonly string[];
  /** The service's own ports: two containers cannot have the same ones, so usually it has none. */
  readonly servicePorts: boolean;
  readonly tty: boolean;
  readonly interactive: boolean;
}

/** Pure: the service as one container of `run` has it. */
export function oneOffService(service: Service, wish: OneOffWish, workingDirectory: string): Service {
  const { container_name: _, restart: __, ports, deploy, ...rest } = service;
  const { restart_policy: ___, ...kept } = deploy ?? {};
  const published = wish.servicePorts ? ports : portsOf(wish.publish);
  const volumes = [
    ...(service.volumes ?? []),
    ...wish.volumes.map((text) => volumeOf(text, workingDirectory)),
  ];
  const { command, entrypoint, user, workdir, capAdd, capDrop } = wish;
  return {
    ...rest,
    ...(deploy && { deploy: kept }),
    ...(wish.name !== "" && { container_name: wish.name }),
    ...(published && published.length > 0 && { ports: published }),
    ...(volumes.length > 0 && { volumes }),
    scale: 1,
    tty: wish.tty,
    stdin_open: wish.interactive,
    ...(entrypoint && { entrypoint, command: [] }),
    ...(command.length > 0 && { command }),
    ...(user !== "" && { user }),
    ...(workdir !== "" && { working_dir: workdir }),
    ...capabilities(service, capAdd, capDrop),
    environment: { ...service.environment, ...definedOf(wish.environment) },
    labels: { ...service.labels, ...wish.labels },
  };
}

function portsOf(words: readonly string[]): readonly ServicePort[] {
  return words.flatMap(parsePort);
}

/** Relative to where the command is given, not to the project. */
function volumeOf(text: string, workingDirectory: string): ServiceVolume {
  const volume = parseVolume(text) as unknown as ServiceVolume;
  if (volume.type !== "bind" || volume.source === undefined) return volume;
  return { ...volume, source: resolve(workingDirectory, volume.source) };
}

/** What is added is not dropped, and the other way round. */
function capabilities(
  { cap_add = [], cap_drop = [] }: Service,
  add: readonly string[],
  drop: readonly string[],
) {
  const added = [...cap_add, ...add].filter((name) => !drop.includes(name));
  const dropped = [...cap_drop.filter((name) => !add.includes(name)), ...drop];
  return {
    ...(added.length > 0 || cap_add.length > 0 ? { cap_add: added } : {}),
    ...(dropped.length > 0 || cap_drop.length > 0 ? { cap_drop: dropped } : {}),
  };
}

function definedOf(environment: OneOffWish["environment"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
