import type { EngineClient } from "../../../client/engine-client.ts";
import type { FilesystemChange } from "../../../protocol/generated/types.ts";
import { humanSize } from "../../format/human-size.ts";
import { ContainerFiles } from "../../why/container-files.ts";

/** Questions to the engine under way at once. */
const atOnce = 8;

/** `diff --size`: each change with the bytes it takes in the container, and their sum. */
export async function diffWithSizes(
  engine: EngineClient,
  id: string,
  changes: readonly FilesystemChange[],
  letter: (kind: number) => string,
): Promise<string> {
  const files = new ContainerFiles(engine, id, { followLinks: false });
  const sizes = new Map<string, number>();
  // What was deleted takes no room, and folders only that of what is in them.
  const queue = changes.filter(({ Kind: kind }) => kind !== 2).map(({ Path: path }) => path);
  const worker = async () => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const facts = await files.stat(path);
      if (facts?.type === "file") sizes.set(path, facts.size);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const lines = changes.map(({ Kind: kind, Path: path }) => {
    const size = sizes.get(path);
    return `${letter(kind)} ${(size === undefined ? "" : humanSize(size)).padStart(8)}  ${path}\n`;
  });
  const count = sizes.size === 1 ? "1 file" : `${sizes.size} files`;
  return `${lines.join("")}${changes.length > 0 ? "\n" : ""}${humanSize(total, 4)} in ${count} added or changed\n`;
}
