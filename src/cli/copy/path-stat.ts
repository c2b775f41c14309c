import type { EngineClient } from "../../client/engine-client.ts";
import { EngineError } from "../../errors/engine-error.ts";

/** What an engine tells about a path inside a container. */
export interface PathStat {
  readonly isDirectory: boolean;
  readonly isLink: boolean;
  readonly isDevice: boolean;
  readonly linkTarget: string;
}

/** Bits of Go's file modes, in which the engine writes them. */
const goMode = { directory: 2 ** 31, link: 2 ** 27, device: 2 ** 26 };

export function pathStatOf(headers: Headers): PathStat {
  const text = Buffer.from(headers.get("x-docker-container-path-stat") ?? "", "base64").toString();
  const { mode = 0, linkTarget = "" } = JSON.parse(text || "{}") as { mode?: number; linkTarget?: string };
  const has = (bit: number) => Math.floor(mode / bit) % 2 === 1;
  return {
    isDirectory: has(goMode.directory),
    isLink: has(goMode.link),
    isDevice: has(goMode.device),
    linkTarget,
  };
}

/** Undefined where it cannot be told: the copy itself says why. */
export async function statInside(
  engine: EngineClient,
  container: string,
  path: string,
): Promise<PathStat | undefined> {
  try {
    const answer = await engine.stream("ContainerArchiveInfo", {
      params: { id: container },
      query: { path },
    });
    return pathStatOf(answer.headers);
  } catch (error) {
    if (error instanceof EngineError && error.kind !== "unavailable") return undefined;
    throw error;
  }
}
