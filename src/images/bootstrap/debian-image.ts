import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { forbidden, unavailable } from "../../errors/engine-error.ts";
import { runTool } from "../../sys/tool-run.ts";
import type { DebianMirror } from "./debian-mirror.ts";
import { debianCommands, debianToolMissing, findDebianTool } from "./debian-tools.ts";
import { finishDebianTree } from "./debian-tree.ts";
import { type LocalImage, localImage } from "./local-image.ts";
import { packLayer } from "./pack-layer.ts";

export interface DebianImageOptions {
  /** Without documentation and translations, as `debian:SUITE-slim`. */
  readonly slim: boolean;
  readonly proxy?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export const debianNeedsRoot = "making a Debian needs root: it sets owners and makes device files";

/**
 * A minimal Debian, installed from a mirror. Every time in it that is later than the suite's
 * release, and the image's own, is the date of that release: not that of the security suite,
 * which changes daily without any package here changing.
 */
export async function debianImage(mirror: DebianMirror, options: DebianImageOptions): Promise<LocalImage> {
  const tool = findDebianTool();
  if (!tool) throw unavailable(debianToolMissing);
  if (process.getuid?.() !== 0) throw forbidden(debianNeedsRoot);
  const { codename, date } = mirror.release;
  // Not /tmp: a system of 300 MB with device files fits into few temporary file systems.
  const work = mkdtempSync(join(process.env.TMPDIR ?? "/var/tmp", "hull-bootstrap-"));
  const remove = async () => rmSync(work, { recursive: true, force: true });
  try {
    const tree = join(work, "tree");
    mkdirSync(tree, { mode: 0o755 });
    const environment = environmentOf(date, work, options.proxy);
    for (const command of debianCommands(tool, mirror, tree))
      await runTool(command, { environment, signal: options.signal, onLine: options.onProgress });
    options.onProgress("packing the layer");
    finishDebianTree(tree, mirror, options.slim);
    const layer = await packLayer(tree, join(work, "layer.tar"), date, options.signal);
    rmSync(tree, { recursive: true, force: true });
    const config = {
      runConfig: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Cmd: ["bash"],
      },
      created: date,
      createdBy: `hull bootstrap debian:${codename}${options.slim ? "-slim" : ""}`,
    };
    return localImage(layer, config, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Nothing of the caller's own settings reaches maintainer scripts, but the proxy that leads out. */
function environmentOf(date: number, work: string, proxy: string | undefined): Record<string, string> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LC_ALL: "C.UTF-8",
    SOURCE_DATE_EPOCH: String(date),
    TMPDIR: work,
    ...(proxy !== undefined && { http_proxy: proxy }),
  };
}
