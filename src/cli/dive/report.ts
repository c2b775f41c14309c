import { goJson } from "../format/go-json.ts";
import { humanSize } from "../format/human-size.ts";
import { visible } from "../full-screen/fit.ts";
import type { ImageAnalysis } from "./analyse.ts";
import { percent } from "./draw.ts";

/** How many of the largest changes and wastes a report names. */
const listed = 10;

/** The same as the screen, for files and pipes. */
export function diveReport(name: string, analysis: ImageAnalysis): string {
  const { layers, total, wasted, efficiency, waste } = analysis;
  const parts = [
    `Image:       ${name}\nLayers:      ${layers.length}\nTotal size:  ${humanSize(total)}\nWasted:      ${humanSize(wasted)}\nEfficiency:  ${percent(efficiency)}\n`,
  ];
  layers.forEach(({ id, command, size, changes, counts }, index) => {
    const largest = changes
      .toSorted((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
      .filter(({ size: bytes }) => bytes > 0);
    const lines = largest.slice(0, listed).map(({ path, kind, size: bytes }) => {
      const sign = { added: "+", changed: "~", removed: "-" }[kind];
      return `    ${sign} ${humanSize(bytes).padStart(8)}  /${visible(path)}\n`;
    });
    const more = largest.length > listed ? `      and ${largest.length - listed} more\n` : "";
    parts.push(
      `Layer ${index + 1}  ${humanSize(size)}  ${id.replace(/^sha256:/, "").slice(0, 12)}  ` +
        `${counts.added} added, ${counts.changed} changed, ${counts.removed} removed\n  ${visible(command)}\n${lines.join("")}${more}`,
    );
  });
  if (waste.length > 0) {
    const lines = waste
      .slice(0, listed)
      .map(
        ({ path, layers: times, bytes }) =>
          `  ${humanSize(bytes).padStart(8)}  in ${times === 1 ? "1 layer" : `${times} layers`}  /${visible(path)}\n`,
      );
    parts.push(`Wasted most by:\n${lines.join("")}`);
  }
  return parts.join("\n");
}

export function diveJson(name: string, analysis: ImageAnalysis): string {
  const { architecture, layers, total, wasted, efficiency, waste } = analysis;
  return `${goJson({
    Image: name,
    Architecture: architecture,
    Size: total,
    Wasted: wasted,
    Efficiency: efficiency,
    Layers: layers.map(({ id, command, size, counts, changes }, index) => ({
      Index: index,
      Id: id,
      Command: command,
      Size: size,
      Added: counts.added,
      Changed: counts.changed,
      Removed: counts.removed,
      Changes: changes.map(({ path, kind, type, size: bytes }) => ({
        Path: `/${path}`,
        Kind: kind,
        Type: type,
        Size: bytes,
      })),
    })),
    Waste: waste.map(({ path, layers: times, bytes }) => ({ Path: `/${path}`, Layers: times, Size: bytes })),
  })}\n`;
}
