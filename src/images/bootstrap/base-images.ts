import { invalidArgument } from "../../errors/engine-error.ts";
import { aptProxy } from "../../sys/apt-proxy.ts";
import { type AptSource, readAptSources } from "./apt-sources.ts";
import { busyboxImage } from "./busybox-image.ts";
import { debianImage } from "./debian-image.ts";
import { findDebianMirror } from "./debian-mirror.ts";
import { type DebianRelease, fetchRelease } from "./debian-release.ts";
import type { LocalImage } from "./local-image.ts";

export interface MakeOptions {
  /** Address of a Debian mirror instead of the configured ones. */
  readonly mirror?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface MadeImage {
  readonly image: LocalImage;
  /** The names it has where everybody knows it. */
  readonly tags: readonly string[];
}

/** Makes the base image people know under a name: `busybox`, `debian`, `debian:SUITE`, `debian:SUITE-slim`. */
export async function makeBaseImage(name: string, options: MakeOptions): Promise<MadeImage> {
  const [, repository = "", tag] = /^([^:]*)(?::(.+))?$/.exec(name) ?? [];
  if (repository === "busybox" && (tag === undefined || tag === "latest"))
    return { image: busyboxImage(), tags: ["busybox:latest"] };
  if (repository !== "debian" || (tag !== undefined && !/^[a-z][a-z-]*$/.test(tag)))
    throw invalidArgument(`"${name}" cannot be made here: \`hull bootstrap --list\` shows what can`);
  const slim = tag?.endsWith("-slim") ?? false;
  const asked = tag?.replace(/-slim$/, "") ?? "latest";
  const proxy = aptProxy();
  const ask = askThrough(proxy, options.signal);
  const sources = options.mirror === undefined ? readAptSources() : [sourceAt(options.mirror)];
  // The well-known `latest` is the stable of its day.
  const mirror = await findDebianMirror(asked === "latest" ? "stable" : asked, sources, ask);
  const { codename } = mirror.release;
  for (const { uri, suite } of mirror.sources) options.onProgress(`${suite} from ${uri}`);
  const image = await debianImage(mirror, { ...options, slim, ...(proxy !== undefined && { proxy }) });
  const ending = slim ? "-slim" : "";
  const names =
    asked === "latest" ? [codename, "latest"] : asked === codename ? [codename] : [codename, asked];
  return { image, tags: names.map((word) => `debian:${word}${ending}`) };
}

export function sourceAt(mirror: string): AptSource {
  if (!/^(?:https?|file|copy):/.test(mirror))
    throw invalidArgument(`invalid address of a mirror: "${mirror}"`);
  return { uri: mirror.replace(/\/+$/, ""), suites: ["stable"], components: ["main"] };
}

export function askThrough(proxy: string | undefined, signal?: AbortSignal) {
  return (uri: string, suite: string): Promise<DebianRelease | undefined> =>
    fetchRelease(uri, suite, { ...(proxy !== undefined && { proxy }), ...(signal && { signal }) });
}
