import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";
import type { DiskPartsResponse } from "../../protocol/extensions.ts";
import { humanSize } from "./human-size.ts";
import { alignColumns } from "./table.ts";

/** In the order of the tables above it. */
const titles: Readonly<Record<string, string>> = {
  "image-layers": "Images, unpacked",
  "image-blobs": "Images, as pulled or loaded",
  "container-layers": "Containers, what they wrote",
  "container-files": "Containers, logs and other files",
  volumes: "Volumes",
  build: "Build cache",
  database: "Database",
  programs: "Programs of the engine",
  other: "Everything else",
};

/** The end of `system df -v`: what the engine's folder takes, so that the sum is that of `du`. Nothing on other engines. */
export async function diskPartsText(engine: EngineClient): Promise<string> {
  try {
    return tableOf(await engine.extension<DiskPartsResponse>("GET", "/system/disk"));
  } catch (error) {
    if (isKind(error, "not_implemented")) return "";
    throw error;
  }
}

export function tableOf({ Root: root, Total: total, Parts: parts }: DiskPartsResponse): string {
  const known = Object.keys(titles);
  const rank = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  const rows = parts
    .toSorted((a, b) => rank(a.Name) - rank(b.Name))
    .map(({ Name: name, Size: size }) => `${titles[name] ?? name}\t${humanSize(size, 4)}\t${size}`);
  const table = alignColumns(["PART\tON DISK\tBYTES", ...rows, `Total\t${humanSize(total, 4)}\t${total}`]);
  return `\nSpace on disk in ${root}, as du -x counts it:\n\n${table}`;
}
