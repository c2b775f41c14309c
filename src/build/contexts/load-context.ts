import { readFile } from "node:fs/promises";
import type { StepScope } from "../solver/op.ts";
import { checkOutGit, resolveGit } from "./git-checkout.ts";
import { bytesOf, HttpDownloads } from "./http-download.ts";
import type { LoadedContext, RemoteContextSource } from "./loaded-context.ts";
import { parseGitUrl } from "./parse-git-url.ts";
import { receiveContext } from "./receive-context.ts";

export interface LoadOptions extends Pick<StepScope, "signal" | "onProgress"> {
  /** `<data-root>/build`, where downloads are kept. */
  readonly store: string;
  /** The secret GIT_AUTH_TOKEN. */
  readonly token?: string;
}

/** Brings a remote context into an empty directory of the build's session, or says that it is a Dockerfile. */
export async function loadContext(
  source: RemoteContextSource,
  directory: string,
  options: LoadOptions,
): Promise<LoadedContext> {
  if (source.kind === "git") return await loadGit(source.url, directory, options);
  const downloaded = await new HttpDownloads(options.store).get(source.url, {
    signal: options.signal,
    onProgress: (current, total) =>
      options.onProgress({
        id: "remote context",
        status: "Downloading",
        current,
        ...(total !== undefined && { total }),
      }),
  });
  // The server's word decides, as with Docker; many call a Dockerfile a stream of bytes, so it may look like one, too.
  if (/^text\/plain\b/.test(downloaded.contentType) || (await isText(downloaded.path))) {
    const text = await readFile(downloaded.path, "utf8");
    return { kind: "dockerfile", file: { name: "Dockerfile", text } };
  }
  return await receiveContext(bytesOf(downloaded), directory, options.signal);
}

async function loadGit(url: string, directory: string, options: LoadOptions): Promise<LoadedContext> {
  const source = parseGitUrl(url);
  const commit = await resolveGit(source, options);
  options.onProgress({ id: commit.slice(0, 12), status: "Fetching" });
  await checkOutGit(source, commit, directory, { ...options, keepGitDir: false, scratch: options.store });
  return { kind: "directory", path: directory };
}

/** No tar begins with a whole block of text. */
async function isText(path: string): Promise<boolean> {
  const head = await Bun.file(path).slice(0, 512).bytes();
  return (
    head.length > 0 && !head.some((byte) => byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
  );
}
