import { mkdirSync } from "node:fs";
import type { BuildRequest } from "../../build/build-request.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import { ByteSource } from "../../lib/byte-source.ts";
import { detectCompression } from "../../lib/compress.ts";
import { download } from "../download.ts";
import type { BuildOrder } from "../services/builds.ts";
import { unpackReceived } from "./unpack-received.ts";

type Received = Pick<BuildRequest, "context" | "dockerfile">;
/** With a Dockerfile of the session's own, the context is only files. */
type Asked = { readonly inContext: string } | BuildRequest["dockerfile"];

/** Brings the main context to this machine, where the builder does not fetch it itself. */
export async function receiveContext(
  context: BuildOrder["context"],
  dockerfile: Asked,
  directory: string,
  signal: AbortSignal,
): Promise<Received> {
  switch (context.kind) {
    case "none":
      return { context: { kind: "none" }, dockerfile };
    case "tar":
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      await unpackReceived(context.body, directory, signal);
      return { context: { kind: "directory", path: directory }, dockerfile };
    case "remote":
      if (isGitUrl(context.url)) return { context: { kind: "git", url: context.url }, dockerfile };
      return await fetchContext(context.url, dockerfile, directory, signal);
  }
  return context satisfies never;
}

/** As Docker tells them: by scheme, by `.git` at the end of the path, or by the host. */
export function isGitUrl(url: string): boolean {
  if (/^(git|ssh):\/\//.test(url) || /^git@/.test(url) || url.startsWith("github.com/")) return true;
  return /^https?:\/\/[^?#]*\.git(#.*|\?.*)?$/.test(url);
}

/** A tarball is the context; any other text is a Dockerfile without a context. */
async function fetchContext(
  url: string,
  dockerfile: Asked,
  directory: string,
  signal: AbortSignal,
): Promise<Received> {
  const body = await download("build from", url, signal);
  if (!body) throw invalidArgument(`cannot build from ${JSON.stringify(url)}: it is empty`);
  const source = new ByteSource(body);
  const head = await source.peek(512);
  if (isTar(head) || detectCompression(head) !== "none") {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    await unpackReceived(source, directory, signal);
    return { context: { kind: "directory", path: directory }, dockerfile };
  }
  const text = await readText(source, url);
  return { context: { kind: "none" }, dockerfile: { name: "Dockerfile", text } };
}

const isTar = (head: Uint8Array) => Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar";

const longestDockerfile = 4 << 20;

async function readText(source: ByteSource, url: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    length += part.length;
    if (length > longestDockerfile) {
      throw invalidArgument(
        `cannot build from ${JSON.stringify(url)}: it is no archive, and too long for a Dockerfile`,
      );
    }
    // A part may be a view of a buffer that is used again.
    parts.push(part.slice());
  }
  return Buffer.concat(parts).toString();
}
