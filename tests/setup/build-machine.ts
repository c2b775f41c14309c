import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildEvent } from "../../src/build/build-event.ts";
import type { BuildRequest, BuildResult } from "../../src/build/build-request.ts";
import { createBuilder } from "../../src/build/create-builder.ts";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { openImageStore } from "../../src/images/disk-image-store.ts";
import { hostPlatform } from "../../src/oci/platform.ts";
import { openRecords } from "../../src/records/sqlite-records.ts";
import { openRepository } from "../../src/registry/client/open-repository.ts";
import { openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { removeLargeTree } from "../../src/sys/remove-tree.ts";

const keepAll = { all: true, filters: new Map(), reservedSpace: 0, maxUsedSpace: 2 ** 50, minFreeSpace: 0 };

/** Files of one machine, and the builder on them. No step of these builds runs a command. */
export async function makeBuildMachine(directory = mkdtempSync(join(tmpdir(), "hull-build-"))) {
  const records = openRecords(join(directory, "hull.db"));
  const content = openContentStore(join(directory, "content"));
  const snapshots = openOverlaySnapshotter(join(directory, "snapshots"));
  const images = openImageStore({ content, snapshots, table: records.images });
  const runDirectory = join(directory, "run");
  const nothingRuns = async () => {
    throw new Error("nothing runs on this machine");
  };
  const builder = createBuilder({
    images,
    snapshots,
    records: records.buildCache,
    executor: { run: nothingRuns, close: async () => {} },
    directory: join(directory, "build"),
    runDirectory,
    openRepository: (name, credentials, purpose) =>
      openRepository(name, purpose, { credentials, insecureRegistries: ["127.0.0.0/8"] }),
    pullImage: nothingRuns,
    copyTree: nothingRuns,
    removeTree: removeLargeTree,
    freeSpace: () => Number.MAX_SAFE_INTEGER,
    platforms: [hostPlatform()],
    settings: () => ({
      maxConcurrentDownloads: 3,
      maxDownloadAttempts: 1,
      maxConcurrentUploads: 3,
      maxParallelSteps: 4,
      keep: keepAll,
    }),
  });
  return {
    directory,
    records,
    content,
    snapshots,
    images,
    builder,
    /** Builds a Dockerfile; gives back the events' words, too. */
    async build(
      dockerfile: string,
      context: string | undefined,
      more: Partial<BuildRequest> = {},
    ): Promise<BuildResult & { readonly steps: readonly string[]; readonly said: string }> {
      const titles = new Map<number, string>();
      const steps: string[] = [];
      let said = "";
      const onEvent = (event: BuildEvent) => {
        if (event.type === "step") titles.set(event.step.id, event.step.title);
        if (event.type === "finished") steps.push(`${titles.get(event.id)}: ${event.outcome}`);
        if (event.type === "output") said += Buffer.from(event.bytes).toString();
      };
      const result = await builder.build({
        dockerfile: { name: "Dockerfile", text: dockerfile },
        context: context === undefined ? { kind: "none" } : { kind: "directory", path: context },
        namedContexts: new Map(),
        target: "",
        buildArgs: new Map(),
        labels: new Map(),
        platforms: [],
        noCache: false,
        pull: false,
        network: "default",
        hosts: [],
        limits: {},
        secrets: { read: async () => undefined },
        credentials: () => undefined,
        sshAgent: () => undefined,
        allow: new Set(),
        cacheFrom: [],
        cacheTo: [],
        outputs: [{ kind: "image", push: false }],
        tags: [],
        squash: false,
        unset: [],
        explain: false,
        checkOnly: false,
        onEvent,
        signal: new AbortController().signal,
        ...more,
      });
      return { ...result, steps, said };
    },
    [Symbol.asyncDispose]: async () => {
      await builder.close();
      records.close();
      const left = readMounts().filter(({ mountpoint }) => mountpoint.startsWith(directory));
      rmSync(directory, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`left mounted: ${JSON.stringify(left)}`);
    },
  };
}

export type BuildMachine = Awaited<ReturnType<typeof makeBuildMachine>>;

/** A stream to the client that is kept. */
export function collected() {
  const parts: Uint8Array[] = [];
  return {
    open: () => new WritableStream<Uint8Array>({ write: (part) => void parts.push(part.slice()) }),
    bytes: () => new Uint8Array(Buffer.concat(parts)),
  };
}

export function makeDirectory(machine: Pick<BuildMachine, "directory">, name: string): string {
  const path = join(machine.directory, name);
  mkdirSync(path, { recursive: true });
  return path;
}
