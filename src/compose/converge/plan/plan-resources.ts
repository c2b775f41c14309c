import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import { labels } from "../../labels.ts";
import type { Network as WantedNetwork } from "../../model/resources.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { byAge } from "./network-age.ts";
import { swarmNetwork } from "./recreate-reason.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

export interface Resources {
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
  /** By key, where a step makes it. */
  readonly stepOf: ReadonlyMap<string, string>;
  /** By key; undefined where it is yet to be made. */
  readonly ids: ReadonlyMap<string, string | undefined>;
  readonly replaced: ReadonlySet<string>;
  /** Containers that stand in the way. */
  readonly stopped: readonly ObservedContainer[];
}

export function planNetworks(situation: Situation): Resources {
  const { project, observed, hashes } = situation;
  const found = new Collected();
  for (const [key, network] of Object.entries(project.networks)) {
    const named = observed.networks.filter(
      ({ Name: name, Id: id }) => name === network.name || (network.external && id === network.name),
    );
    if (network.external) {
      found.ids.set(key, externalNetwork(network, named));
      continue;
    }
    const ours = named
      .filter(
        ({ Labels: marks }) => marks?.[labels.project] === project.name && marks[labels.network] === key,
      )
      .sort(byAge);
    // Where an engine made two of them, the one that is used stays.
    const own = ours.find(({ Id: id }) => isUsed(observed.containers, id)) ?? ours[0];
    const tooMany = ours.filter((network) => network !== own);
    const there = own ?? named[0];
    if (!there) {
      found.add(key, { id: `network ${key}`, needs: [], work: { kind: "create-network", key } });
      continue;
    }
    if (!own) found.warnings.push(...foreignNetwork(network.name, key, there.Labels ?? {}, project.name));
    const hash = there.Labels?.[labels.configHash];
    if (!hash || hash === hashes.network(network)) {
      for (const { Id: id } of tooMany) {
        const work = { kind: "drop-network", id: id ?? "", name: network.name } as const;
        found.add(key, { id: `drop network ${key} ${id}`, needs: [], work });
      }
      found.ids.set(key, there.Id ?? "");
      continue;
    }
    const members = observed.containers.filter(
      ({ summary }) => summary.NetworkSettings?.Networks?.[network.name],
    );
    found.replaced.add(key);
    found.stopped.push(...members);
    found.add(key, {
      id: `network ${key}`,
      needs: [],
      work: { kind: "replace-network", key, id: there.Id ?? "", members: members.map(({ id }) => id) },
    });
  }
  return found;
}

export function planVolumes(situation: Situation): Resources {
  const { project, observed, replaceVolumes } = situation;
  const found = new Collected();
  for (const [key, volume] of Object.entries(project.volumes)) {
    const there = observed.volumes.find(({ Name: name }) => name === volume.name);
    if (!there) {
      if (volume.external) throw notFound(`external volume ${JSON.stringify(volume.name)} not found`);
      found.add(key, { id: `volume ${key}`, needs: [], work: { kind: "create-volume", key } });
      continue;
    }
    found.ids.set(key, there.Name);
    if (volume.external) continue;
    found.warnings.push(...foreignVolume(volume.name, there.Labels ?? {}, project.name));
    if (!replaceVolumes.has(key)) continue;
    found.replaced.add(key);
    found.stopped.push(
      ...observed.containers.filter(({ summary }) =>
        summary.Mounts?.some(({ Name: name }) => name === volume.name),
      ),
    );
    found.add(key, { id: `volume ${key}`, needs: [], work: { kind: "replace-volume", key } });
  }
  return found;
}

/** Keys of volumes that exist and are other than the files say: they hold data, so somebody is asked. */
export function divergedVolumes({ project, observed, hashes }: Omit<Situation, "replaceVolumes">): string[] {
  return Object.entries(project.volumes).flatMap(([key, volume]) => {
    if (volume.external) return [];
    const there = observed.volumes.find(({ Name: name }) => name === volume.name);
    const hash = there?.Labels?.[labels.configHash];
    return hash !== undefined && hash !== hashes.volume(volume) ? [key] : [];
  });
}

function isUsed(containers: readonly ObservedContainer[], network: string | null | undefined): boolean {
  return containers.some(({ summary }) =>
    Object.values(summary.NetworkSettings?.Networks ?? {}).some(({ NetworkID: id }) => id === network),
  );
}

class Collected implements Resources {
  readonly steps: Step[] = [];
  readonly warnings: string[] = [];
  readonly stepOf = new Map<string, string>();
  readonly ids = new Map<string, string | undefined>();
  readonly replaced = new Set<string>();
  readonly stopped: ObservedContainer[] = [];

  add(key: string, step: Step): void {
    this.steps.push(step);
    this.stepOf.set(key, step.id);
    this.ids.set(key, undefined);
  }
}

function externalNetwork({ name }: WantedNetwork, named: Situation["observed"]["networks"]): string {
  const [first, second] = named;
  if (!first) throw notFound(`network ${name} declared as external, but could not be found`);
  if (second) {
    throw invalidArgument(
      `multiple networks with name ${JSON.stringify(name)} were found. Use network ID as \`name\` to avoid ambiguity`,
    );
  }
  return first.Scope === "swarm" && !first.Id ? swarmNetwork : (first.Id ?? "");
}

function foreignNetwork(
  name: string,
  key: string,
  marks: Readonly<Record<string, string>>,
  project: string,
): string[] {
  const advice = "Set `external: true` to use an existing network";
  const owner = marks[labels.project];
  if (marks[labels.network] !== key) {
    throw invalidArgument(
      `network ${name} was found but has incorrect label ${labels.network} set to ` +
        `${JSON.stringify(marks[labels.network] ?? "")} (expected: ${JSON.stringify(key)})`,
    );
  }
  if (owner === undefined)
    return [`a network with name ${name} exists but was not created by compose.\n${advice}`];
  return [
    `a network with name ${name} exists but was not created for project ${JSON.stringify(project)}.\n${advice}`,
  ];
}

function foreignVolume(name: string, marks: Readonly<Record<string, string>>, project: string): string[] {
  const advice = "Use `external: true` to use an existing volume";
  const owner = marks[labels.project];
  const quoted = JSON.stringify(name);
  if (owner === undefined)
    return [`volume ${quoted} already exists but was not created by Docker Compose. ${advice}`];
  if (owner === project) return [];
  return [
    `volume ${quoted} already exists but was created for project ${JSON.stringify(owner)} ` +
      `(expected ${JSON.stringify(project)}). ${advice}`,
  ];
}
