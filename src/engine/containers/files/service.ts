import { join } from "node:path";
import type { ContainerRecord } from "../../../records/container-record.ts";
import type { EngineContext } from "../../context.ts";
import type { ContainerService } from "../../services/containers.ts";
import { containerPaths } from "../directories.ts";
import { publishContainerEvent } from "../events.ts";
import { volumeOf } from "../mount-volumes.ts";
import { ContainerFiles } from "./container-files.ts";
import { type ContainerFilesWorld, withContainerView } from "./container-view.ts";

type FileVerbs = Pick<ContainerService, "changes" | "export" | "statPath" | "getArchive" | "putArchive">;

/** Where views of containers are mounted while somebody looks. */
export function viewsDirectory(context: EngineContext): string {
  return join(context.settings.execRoot, "views");
}

/** `cp`, `export` and `diff`, of running and of stopped containers. */
export function fileVerbs(context: EngineContext): FileVerbs {
  const files = new ContainerFiles(worldOf(context));
  return {
    changes: (nameOrId) => changesOf(context, context.containers.find(nameOrId).record),
    async export(nameOrId) {
      const container = context.containers.find(nameOrId);
      publishContainerEvent(context, container, "export");
      return files.export(container.record);
    },
    statPath: (nameOrId, path) => files.stat(context.containers.find(nameOrId).record, path, nameOrId),
    async getArchive(nameOrId, path) {
      const container = context.containers.find(nameOrId);
      const { stat, archive } = await files.copyOut(container.record, path, nameOrId);
      publishContainerEvent(context, container, "archive-path");
      return { stat, tar: archive };
    },
    async putArchive(nameOrId, path, tar, { noOverwriteDirNonDir, copyUidGid }) {
      const container = context.containers.find(nameOrId);
      await files.copyIn(container.record, path, nameOrId, tar, {
        noOverwriteDirNonDir,
        copyUIDGID: copyUidGid,
      });
      publishContainerEvent(context, container, "extract-to-dir");
    },
  };
}

/** Runs `work` with the container's files as it sees them itself, volumes in place. */
export function withView<T>(
  context: EngineContext,
  record: ContainerRecord,
  work: (root: number) => Promise<T>,
): Promise<T> {
  return withContainerView(worldOf(context), record, work);
}

function worldOf(context: EngineContext): ContainerFilesWorld {
  return {
    withRoot: (record, work) => context.roots.with(record.id, work),
    volume: (name) => volumeOf(context, name),
    ownFiles: (record) => ownFiles(context, record),
    scratch: viewsDirectory(context),
  };
}

/** The files the engine puts over those of the image; they exist once the container was started. */
function ownFiles(context: EngineContext, record: ContainerRecord) {
  const paths = containerPaths(context, record);
  return [
    { destination: "/etc/hosts", source: paths.hosts },
    { destination: "/etc/hostname", source: paths.hostname },
    { destination: "/etc/resolv.conf", source: paths.resolvConf },
  ];
}

const changeNumbers = { modified: 0, added: 1, deleted: 2 } as const;

async function changesOf(context: EngineContext, record: ContainerRecord) {
  const changes = await context.images.changes(record.id);
  return changes.map(({ path, kind }) => ({ path, kind: changeNumbers[kind] }));
}
