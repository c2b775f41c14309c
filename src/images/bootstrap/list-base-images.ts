import { messageOf } from "../../errors/engine-error.ts";
import { aptProxy } from "../../sys/apt-proxy.ts";
import { readAptSources } from "./apt-sources.ts";
import { askThrough, sourceAt } from "./base-images.ts";
import { busyboxMissing, findBusybox } from "./busybox-image.ts";
import { debianNeedsRoot } from "./debian-image.ts";
import { suitesOf } from "./debian-mirror.ts";
import { debianToolMissing, findDebianTool } from "./debian-tools.ts";

/** One line of what can be made here. */
export interface BaseImageChoice {
  readonly name: string;
  readonly ready: boolean;
  /** What it is made from, or what is missing for it. */
  readonly detail: string;
}

export async function listBaseImages(mirror?: string): Promise<BaseImageChoice[]> {
  const busybox = findBusybox();
  return [
    { name: "busybox", ready: busybox !== undefined, detail: busybox ?? busyboxMissing },
    ...(await debianChoices(mirror)),
  ];
}

async function debianChoices(mirror: string | undefined): Promise<BaseImageChoice[]> {
  const tool = findDebianTool();
  const lacks = !tool ? debianToolMissing : process.getuid?.() !== 0 ? debianNeedsRoot : undefined;
  try {
    const sources = mirror === undefined ? readAptSources() : [sourceAt(mirror)];
    const suites = await suitesOf(sources, askThrough(aptProxy()));
    return suites.flatMap(({ codename, role, uri }) =>
      [codename, `${codename}-slim`].map((tag) => ({
        name: `debian:${tag}`,
        ready: lacks === undefined,
        detail: lacks ?? `${tool?.name} from ${uri} (${role})`,
      })),
    );
  } catch (error) {
    return [{ name: "debian", ready: false, detail: lacks ?? messageOf(error) }];
  }
}
