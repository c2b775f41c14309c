import { fstatSync } from "node:fs";
import { forbidden, internal, invalidArgument } from "../../../errors/engine-error.ts";
import { exportEntry } from "../../../images/export/export-tree.ts";
import { unpackTar } from "../../../images/unpack/unpack-tar.ts";
import { decompressed } from "../../../lib/compress.ts";
import type { ContainerRecord } from "../../../records/container-record.ts";
import { decompressWithTool } from "../../../sys/decompress-tool.ts";
import { closeFd, fdPath, O_PATH, openInRoot, openRoot, pathOfFd } from "../../../sys/rooted-path.ts";
import type { PathStat } from "../../services/containers.ts";
import { absolutePath, archiveName, findPath, pathError } from "./container-path.ts";
import { ownerOf } from "./container-user.ts";
import { type ContainerFilesWorld, withContainerView } from "./container-view.ts";

export interface CopyInOptions {
  readonly noOverwriteDirNonDir: boolean;
  /** Everything copied belongs to the container's user instead of the owner in the archive. */
  readonly copyUIDGID: boolean;
  readonly signal?: AbortSignal;
}

/** Copying into and out of containers, running or not: the archive routes and `docker export`. */
export class ContainerFiles {
  readonly #world: ContainerFilesWorld;

  constructor(world: ContainerFilesWorld) {
    this.#world = world;
  }

  /** `container` is the name or id the client used; it stands in error messages. */
  stat(record: ContainerRecord, path: string, container: string): Promise<PathStat> {
    checkPath(path);
    return withContainerView(this.#world, record, async (root) => {
      const found = findPath(root, path, container);
      closeFd(found.directory);
      return found.stat;
    });
  }

  /** A tar of a path. The view stays mounted until the stream was read to its end or cancelled. */
  async copyOut(
    record: ContainerRecord,
    path: string,
    container: string,
  ): Promise<{ stat: PathStat; archive: ReadableStream<Uint8Array> }> {
    checkPath(path);
    const found = Promise.withResolvers<PathStat>();
    const archive = streamed((send) =>
      withContainerView(this.#world, record, async (root) => {
        const here = findPath(root, path, container);
        try {
          found.resolve(here.stat);
          await send(exportEntry(here.directory, here.name, archiveName(absolutePath(path))));
        } finally {
          closeFd(here.directory);
        }
      }),
    );
    archive.failed.catch((error) => found.reject(error));
    return { stat: await found.promise, archive: archive.stream };
  }

  /** Unpacks a tar, perhaps compressed, into a directory of the container. */
  async copyIn(
    record: ContainerRecord,
    path: string,
    container: string,
    archive: ReadableStream<Uint8Array>,
    options: CopyInOptions,
  ): Promise<void> {
    checkPath(path);
    await withContainerView(this.#world, record, async (root) => {
      const destination = destinationOf(root, path, container);
      checkWritable(record, destination);
      // Without a user of its own a container keeps the numbers of the archive, as Docker's does.
      const owner =
        options.copyUIDGID && record.config.User !== "" ? ownerOf(root, record.config.User) : undefined;
      const { stream } = await decompressed(archive, decompressWithTool);
      await unpackTar(stream, fdPath(root), {
        destination,
        whiteouts: "none",
        noOverwriteDirNonDir: options.noOverwriteDirNonDir,
        ...(owner ? { owner } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      });
    });
  }

  /** The whole root as a tar, without what volumes and binds show. */
  export(record: ContainerRecord): ReadableStream<Uint8Array> {
    return streamed((send) =>
      this.#world.withRoot(record, async (rootfs) => {
        const root = openRoot(rootfs);
        try {
          await send(exportEntry(root, ".", ""));
        } finally {
          closeFd(root);
        }
      }),
    ).stream;
  }
}

function checkPath(path: string): void {
  if (path === "") throw invalidArgument("bad parameter: path cannot be empty");
}

/** The directory to unpack into, after all links, as a path inside the root. */
function destinationOf(root: number, path: string, container: string): string {
  let directory: number;
  try {
    directory = openInRoot(root, absolutePath(path), O_PATH);
  } catch (error) {
    throw pathError(error, path, container, "open");
  }
  try {
    if (!fstatSync(directory).isDirectory()) throw invalidArgument("extraction point is not a directory");
    const [place, found] = [pathOfFd(root), pathOfFd(directory)];
    if (found !== place && !found.startsWith(`${place}/`))
      throw internal(`"${path}" resolved outside of its root`);
    return found.slice(place.length) || "/";
  } finally {
    closeFd(directory);
  }
}

/** The innermost mount a path is in decides; outside of mounts, the root does. */
function checkWritable(record: ContainerRecord, path: string): void {
  const around = record.mounts
    .filter((mount) => mount.type !== "tmpfs")
    .filter((mount) => path === mount.destination || path.startsWith(`${mount.destination}/`))
    .toSorted((a, b) => b.destination.length - a.destination.length)[0];
  if (around?.readOnly) throw forbidden("mounted volume is marked read-only");
  if (!around && record.hostConfig.ReadonlyRootfs) throw forbidden("container rootfs is marked read-only");
}

/**
 * A stream that is produced while some resource is held: `produce` gets a function that sends
 * chunks at the reader's pace and settles early when the reader cancels.
 */
function streamed(produce: (send: (chunks: AsyncGenerator<Uint8Array>) => Promise<void>) => Promise<void>): {
  stream: ReadableStream<Uint8Array>;
  failed: Promise<void>;
} {
  let cancelled = false;
  let wake = () => {};
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const wanted = () =>
    new Promise<void>((resolve) => {
      if (cancelled || (controller.desiredSize ?? 0) > 0) resolve();
      else wake = resolve;
    });
  const finished = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull: () => wake(),
      async cancel() {
        cancelled = true;
        wake();
        await finished.promise.catch(() => {});
      },
    },
    { highWaterMark: 1 },
  );
  const work = produce(async (chunks) => {
    for await (const chunk of chunks) {
      await wanted();
      if (cancelled) return;
      controller.enqueue(chunk);
    }
  });
  work.then(
    () => {
      if (!cancelled) controller.close();
      finished.resolve();
    },
    (error) => {
      if (!cancelled) controller.error(error);
      finished.reject(error);
    },
  );
  finished.promise.catch(() => {});
  return { stream, failed: finished.promise };
}
