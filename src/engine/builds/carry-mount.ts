import type { Builder } from "../../build/build.ts";
import { notFound } from "../../errors/engine-error.ts";
import { exportTree } from "../../images/export/export-tree.ts";
import { unpackTar } from "../../images/unpack/unpack-tar.ts";
import { decompressed } from "../../lib/compress.ts";
import { decompressWithTool } from "../../sys/decompress-tool.ts";

/** The files of a cache mount on their way to another machine; it is held until the last byte is read. */
export async function exportMount(
  builder: Builder,
  id: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const lease = await builder.cacheMount(id, { make: false }, signal);
  if (!lease) throw notFound(`no build has made the cache mount ${JSON.stringify(id)}`);
  const reader = exportTree(lease.path, { name: "" }).getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          controller.enqueue(value);
          return;
        }
      } catch (error) {
        await lease[Symbol.asyncDispose]();
        throw error;
      }
      await lease[Symbol.asyncDispose]();
      controller.close();
    },
    async cancel(reason) {
      await using _ = lease;
      await reader.cancel(reason);
    },
  });
}

export async function importMount(
  builder: Builder,
  id: string,
  tar: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  await using lease = await builder.cacheMount(id, { make: true }, signal);
  if (!lease) throw notFound(`no cache mount ${JSON.stringify(id)} could be made`);
  const { stream } = await decompressed(tar, decompressWithTool);
  await unpackTar(stream, lease.path, { whiteouts: "none", signal });
}
