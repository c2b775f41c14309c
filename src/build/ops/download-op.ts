import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackTar } from "../../images/unpack/unpack-tar.ts";
import { decompressed } from "../../lib/compress.ts";
import { decompressWithTool } from "../../sys/decompress-tool.ts";
import { changeModeAt, changeTimesAt } from "../../sys/files.ts";
import { closeFd, openRoot } from "../../sys/rooted-path.ts";
import { bytesOf, type Downloaded, HttpDownloads } from "../contexts/http-download.ts";
import { withoutPassword } from "../contexts/without-password.ts";
import type { Op, StepScope } from "../solver/op.ts";
import type { OpMaker, OpParts } from "./op-parts.ts";

/** ADD of a URL: one file, with the mode and time Docker gives it. */
export const downloadOp: OpMaker<"download"> = (operation, parts): Op => {
  const { title, fresh, url, fileName, checksum } = operation;
  const get = downloader(url, checksum, parts);
  return {
    title,
    ...(fresh && { fresh: true }),
    inputs: [],
    facts: async (scope) => ({
      operation: "download",
      url: withoutPassword(url),
      file: fileName,
      ...(checksum === undefined ? fileFacts(await get(scope)) : { checksum }),
    }),
    run: async (_, scope) => {
      const { path, modified } = await get(scope);
      await using layer = await parts.trees.layer({ kind: "empty" });
      await copyFile(path, join(layer.path, fileName));
      const directory = openRoot(layer.path);
      try {
        changeModeAt(directory, fileName, 0o600);
        changeTimesAt(directory, fileName, { seconds: modified, nanoseconds: 0 });
      } finally {
        closeFd(directory);
      }
      return await layer.commit();
    },
  };
};

/** A context that is a tar somewhere on the web. */
export function tarballTree(url: string, parts: OpParts): Pick<Op, "inputs" | "facts" | "run"> {
  const get = downloader(url, undefined, parts);
  return {
    inputs: [],
    facts: async (scope) => ({ operation: "remote context", ...fileFacts(await get(scope)) }),
    run: async (_, scope) => {
      const plain = await decompressed(bytesOf(await get(scope)), decompressWithTool);
      await using layer = await parts.trees.layer({ kind: "empty" });
      await unpackTar(plain.stream, layer.path, {
        whiteouts: "none",
        owner: { uid: 0, gid: 0 },
        rootAttributes: true,
        signal: scope.signal,
      });
      return await layer.commit();
    },
  };
}

function fileFacts({ digest, modified }: Downloaded) {
  return { digest, modified: String(modified) };
}

/** Asked once in each build, however often the file is needed in it. */
function downloader(url: string, checksum: string | undefined, { directory }: OpParts) {
  let downloaded: Promise<Downloaded> | undefined;
  return (scope: StepScope): Promise<Downloaded> => {
    downloaded ??= new HttpDownloads(directory).get(url, {
      signal: scope.signal,
      ...(checksum !== undefined && { checksum }),
      onProgress: (current, total) =>
        scope.onProgress({
          id: withoutPassword(url),
          status: "Downloading",
          current,
          ...(total !== undefined && { total }),
        }),
    });
    return downloaded;
  };
}
