import type { ContextSource } from "../../build/build-request.ts";
import { receiveContext } from "../../build/contexts/receive-context.ts";
import type { BuildOrder } from "../services/builds.ts";

/** The main context: what came with the request is unpacked here, what lies elsewhere the builder fetches. */
export async function contextSource(
  context: BuildOrder["context"],
  directory: string,
  signal: AbortSignal,
): Promise<ContextSource> {
  switch (context.kind) {
    case "none":
      return { kind: "none" };
    case "tar": {
      await receiveContext(context.body, directory, signal);
      return { kind: "directory", path: directory };
    }
    case "remote":
      return { kind: isGitUrl(context.url) ? "git" : "http", url: context.url };
  }
  return context satisfies never;
}

/** As Docker tells them: by scheme, by `.git` at the end of the path, or by the host. */
export function isGitUrl(url: string): boolean {
  if (/^(git|ssh):\/\//.test(url) || /^git@/.test(url) || url.startsWith("github.com/")) return true;
  return /^https?:\/\/[^?#]*\.git(#.*|\?.*)?$/.test(url);
}
