import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { recordedEnvironment, recordedVersions } from "../../../tests/fixtures/compose-create/settings.ts";
import { comparableRequests, withoutHashes } from "../../../tests/setup/compose-bodies.ts";
import { type ComposeRequest, idOf, recordedImage } from "../../../tests/setup/compose-recorder.ts";
import { messageOf } from "../../errors/engine-error.ts";
import type { ApiVersion } from "../../protocol/versions.ts";
import { networkHash, serviceHash, volumeHash } from "../hash/config-hash.ts";
import { loadProject } from "../load/load-project.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { scaleOf } from "../names.ts";
import { withApiSocket } from "./api-socket.ts";
import type { ContainersOf, PlannedContainer } from "./container-body.ts";
import { networkBody } from "./network-body.ts";
import { planContainer } from "./plan-container.ts";
import { resolveReferences } from "./resolve-references.ts";
import { volumeBody } from "./volume-body.ts";

const directory = join(import.meta.dir, "../../../tests/fixtures/compose-create");

interface Recording {
  readonly requests?: readonly unknown[];
  readonly files?: readonly unknown[];
  readonly error?: string;
}

const projectOf = async (file: string): Promise<Project> => {
  const { project } = await loadProject({
    files: [file],
    projectDirectory: "",
    projectName: "",
    envFiles: [],
    profiles: [],
    env: recordedEnvironment(directory),
    workingDirectory: directory,
    readStdin: () => Promise.reject(new Error("nothing is read from standard input")),
    warn: () => {},
  });
  return withApiSocket(project, () => '{\n\t"auths": {}\n}');
};

/** Those of a service that others depend on come first. */
function inOrder(project: Project): Service[] {
  const done = new Set<string>();
  const visit = (name: string): Service[] => {
    const service = project.services[name];
    if (!service || done.has(name)) return [];
    done.add(name);
    return [...Object.keys(service.depends_on ?? {}).flatMap(visit), service];
  };
  return Object.keys(project.services).flatMap(visit);
}

/** Every request that makes the project. */
function requestsOf(project: Project, apiVersion: ApiVersion) {
  const requests: ComposeRequest[] = [];
  const planned: PlannedContainer[] = [];
  for (const [key, network] of Object.entries(project.networks)) {
    if (network.external) continue;
    const { CheckDuplicate, ...body } = networkBody(project, key, network, networkHash(network));
    const older = apiVersion === "1.41" && { CheckDuplicate };
    requests.push({ path: "/networks/create", query: {}, body: { ...body, ...older } });
  }
  for (const [key, volume] of Object.entries(project.volumes)) {
    if (volume.external) continue;
    requests.push({
      path: "/volumes/create",
      query: {},
      body: volumeBody(project, key, volume, volumeHash(volume)),
    });
  }
  const containers = new Map<string, { id: string; name: string }[]>();
  for (const service of inOrder(project)) {
    const made: { id: string; name: string }[] = [];
    for (let number = 1; number <= scaleOf(service); number++) {
      const plan = planOf(project, service, number, containers, apiVersion);
      planned.push(plan);
      requests.push(...createRequests(plan));
      made.push({ id: idOf(plan.name), name: plan.name });
    }
    containers.set(service.name, made);
  }
  const files = planned
    .flatMap(({ name, files }) => files.map((file) => ({ container: name, ...file })))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { requests, files, warnings: planned.flatMap(({ warnings }) => warnings) };
}

const planOf = (
  project: Project,
  service: Service,
  number: number,
  containersOf: ContainersOf,
  apiVersion: ApiVersion,
) =>
  planContainer({
    project,
    service,
    number,
    image: recordedImage,
    containersOf,
    inherited: new Map(),
    configHash: serviceHash(resolveReferences(service, containersOf)),
    apiVersion,
  });

function createRequests({ name, platform, body, connect }: PlannedContainer): ComposeRequest[] {
  const labels = Object.entries(body.Labels ?? {}).filter(([key]) => !key.startsWith("hull."));
  return [
    {
      path: "/containers/create",
      query: { name, ...(platform && { platform }) },
      body: { ...body, Labels: Object.fromEntries(labels) },
    },
    ...connect.map(({ network, endpoint }) => ({
      path: `/networks/${network}/connect`,
      query: {},
      body: { Container: idOf(name), EndpointConfig: endpoint },
    })),
  ];
}

/** Where we do better, knowingly: what Docker Compose should have sent. */
const mended: Readonly<Record<string, (text: string) => string>> = {
  // It takes an address of the container for that of its gateway; no engine looks at it.
  "networks.yaml": (text) => text.replace(',"IPv6Gateway":"fd00:20::5"', ""),
  // It forgets that the volumes are to be read only.
  "volumes-from.yaml": (text) => text.replace('"some"', '"some:ro"'),
};
/** It says where it should not: an older engine can give the first network's address. */
const possible = new Set(["mac-address-network.yaml on 1.41"]);
/** It lets an older engine read over what that does not know. */
const refused: Readonly<Record<string, string>> = {
  // Which one it names first is chance.
  "mac-address-two.yaml on 1.41": "a MAC address is specified for multiple networks",
  "volume-subpath.yaml on 1.41": "volume subpath requires API v1.45 or later",
};

describe("what is created is what Docker Compose creates", () => {
  const cases = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
  for (const file of cases) {
    const text = readFileSync(join(directory, file.replace(".yaml", ".json")), "utf8");
    const recorded = JSON.parse(text) as Record<string, Recording>;
    for (const version of recordedVersions) {
      test(`${file} on ${version}`, async () => {
        const { requests, files, error } = recorded[version] ?? {};
        let made: ReturnType<typeof requestsOf> | undefined;
        let failure = "";
        let hasPaths = false;
        try {
          const project = await projectOf(file);
          hasPaths = JSON.stringify([project.services, project.volumes]).includes(dirname(directory));
          made = requestsOf(project, version);
        } catch (problem) {
          failure = messageOf(problem);
        }
        if (possible.has(`${file} on ${version}`)) return expect(failure).toBe("");
        const sentence = refused[`${file} on ${version}`] ?? error;
        if (sentence !== undefined) return expect(failure).toContain(sentence);
        expect(failure).toBe("");
        const wanted = JSON.parse((mended[file] ?? String)(JSON.stringify(requests)));
        const seen = comparableRequests(made?.requests ?? [], directory);
        if (hasPaths) expect(withoutHashes(seen)).toEqual(withoutHashes(wanted));
        else expect(seen).toEqual(wanted);
        expect(made?.files ?? []).toEqual((files ?? []) as never);
      });
    }
  }
});
