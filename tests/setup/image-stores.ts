import { expect } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { type DiskImageStore, openImageStore } from "../../src/images/disk-image-store.ts";
import type { StoredImage } from "../../src/images/stored-image.ts";
import type { TarEntry, TarType } from "../../src/lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../src/lib/tar/tar-writer.ts";
import type { ImageTable } from "../../src/records/records.ts";
import { openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { mountAll, unmount } from "../../src/sys/mounts.ts";
import { MemoryImageTable } from "../fakes/memory-image-table.ts";

/** An image store of its own in a temporary directory, with the mount point a test needs. */
export function makeImageStore(table: ImageTable = new MemoryImageTable()) {
  const directory = mkdtempSync(join(tmpdir(), "hull-images-"));
  const open = () => {
    const content = openContentStore(join(directory, "content"));
    const snapshots = openOverlaySnapshotter(join(directory, "snapshots"));
    return { content, snapshots, images: openImageStore({ content, snapshots, table }) };
  };
  const mountpoint = join(directory, "mnt");
  mkdirSync(mountpoint);
  return {
    directory,
    mountpoint,
    table,
    ...open(),
    /** As a restarted engine finds it. */
    again: open,
    left: () => ({
      blobs: readdirSync(join(directory, "content/blobs/sha256")),
      partial: readdirSync(join(directory, "content/ingest")),
      snapshots: readdirSync(join(directory, "snapshots")),
    }),
    [Symbol.asyncDispose]: async () => {
      while (unmount(mountpoint, { lazy: true }));
      expect(readMounts().filter((mounted) => mounted.mountpoint.startsWith(directory))).toEqual([]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type StoreSetting = ReturnType<typeof makeImageStore>;

/** Mounts a new container root of an image, runs `use` in it, and takes everything away again. */
export async function inImage<T>(
  setting: StoreSetting,
  image: StoredImage,
  use: (root: string, key: string) => T | Promise<T>,
): Promise<T> {
  const key = `test-${crypto.randomUUID()}`;
  mountAll(await setting.snapshots.prepare(key, await setting.images.unpacked(image)), setting.mountpoint);
  try {
    return await use(setting.mountpoint, key);
  } finally {
    unmount(setting.mountpoint);
    await setting.snapshots.remove(key);
  }
}

type Part = Partial<TarEntry> & { path: string; type?: TarType; content?: string | Uint8Array };

/** A tar in memory, from a short description of its entries. */
export function tar(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const blocks = parts.map(({ content = "", type = "file", ...part }) => {
    const bytes = Buffer.from(content);
    const entry = { mode: 0o755, uid: 0, gid: 0, modified: { seconds: 1_700_000_000, nanoseconds: 0 } };
    const header = formatHeader({ ...entry, size: bytes.length, type, ...part });
    return Buffer.concat([header, bytes, paddingAfter(bytes.length)]);
  });
  return new Uint8Array(Buffer.concat([...blocks, endOfArchive()]));
}

export function streamOfBytes(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 60_000));
      at += 60_000;
    },
  });
}

export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(stream)));
}

/** A small image of one layer, on `parent` if given. */
export function makeImage(images: DiskImageStore, name: string, parent?: StoredImage): Promise<StoredImage> {
  const layer = tar({ path: `${name}.txt`, content: name }, { path: "shared.txt", content: name });
  return images.create({
    ...(parent && { parent: parent.id }),
    layer: streamOfBytes(layer),
    runConfig: { Cmd: [name] },
    platform: { os: "linux", architecture: "amd64" },
    history: { created: "2026-01-01T00:00:00Z", created_by: `make ${name}` },
  });
}
