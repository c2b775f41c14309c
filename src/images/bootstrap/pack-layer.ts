import { open } from "node:fs/promises";
import type { Digest } from "../../oci/digest.ts";
import { exportTree } from "../export/export-tree.ts";
import type { BaseLayer } from "./local-image.ts";

/**
 * A directory tree as a layer in a file. Sorted, in whole seconds, and nothing is later than
 * `newest`: the files of packages keep their times, what the installation made gets one.
 */
export async function packLayer(
  tree: string,
  path: string,
  newest: number,
  signal: AbortSignal,
): Promise<BaseLayer> {
  const hash = new Bun.CryptoHasher("sha256");
  let size = 0;
  await using file = await open(path, "wx", 0o600);
  for await (const chunk of exportTree(tree, { name: "", newest })) {
    signal.throwIfAborted();
    hash.update(chunk);
    size += chunk.length;
    await file.writeFile(chunk);
  }
  return { diffId: `sha256:${hash.digest("hex")}` as Digest, size, bytes: () => Bun.file(path).stream() };
}
