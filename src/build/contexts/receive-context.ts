import { mkdirSync } from "node:fs";
import { unpackTar } from "../../images/unpack/unpack-tar.ts";
import type { ByteStream } from "../../lib/byte-source.ts";
import { decompressed } from "../../lib/compress.ts";
import { span } from "../../lib/trace.ts";
import { decompressWithTool } from "../../sys/decompress-tool.ts";
import { type FileHashes, hashesOf } from "./file-hashes.ts";
import type { ReceivedContext } from "./loaded-context.ts";

/**
 * The tar of a request's body, plain or compressed, unpacked into a directory of the build's
 * session. All belongs to root, as what is copied out of it will, and contents are hashed as they pass.
 */
// trail: build COPY
export async function receiveContext(
  stream: ByteStream,
  directory: string,
  signal: AbortSignal,
): Promise<ReceivedContext> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hashes = hashesOf(directory);
  const plain = await decompressed(stream, decompressWithTool);
  await span("build.context", () =>
    unpackTar(plain.stream, directory, {
      whiteouts: "none",
      owner: { uid: 0, gid: 0 },
      rootAttributes: true,
      signal,
      onFile: (path, { sparse, size, modified }) =>
        sparse ? undefined : hashing(hashes, path, BigInt(size), modified),
    }),
  );
  return { kind: "directory", path: directory };
}

function hashing(
  hashes: FileHashes,
  path: string,
  size: bigint,
  { seconds, nanoseconds }: { readonly seconds: number; readonly nanoseconds: number },
) {
  const hash = new Bun.CryptoHasher("sha256");
  const mtimeNs = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  return {
    bytes: (part: Uint8Array) => void hash.update(part),
    end: () => hashes.set(path, { size, mtimeNs }, hash.digest("hex")),
  };
}
