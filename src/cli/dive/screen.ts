import type { FullScreen, Redraw } from "../full-screen/full-screen.ts";
import type { Paint } from "../terminal/colours.ts";
import { windowSize } from "../terminal/tty.ts";
import { analyse, type FileNode, layerTree } from "./analyse.ts";
import { drawDive, treeHeight } from "./draw.ts";
import type { ReadImage } from "./read-image.ts";
import { afterKey, type DiveModel, firstState } from "./state.ts";

/** Trees are made when they are looked at, and the last few kept. */
const keptTrees = 12;

export function diveScreen(name: string, image: ReadImage, paint: Paint): (redraw: Redraw) => FullScreen {
  const trees = new Map<string, FileNode>();
  const model: DiveModel = {
    layers: image.layers.length,
    tree(layer, all) {
      const key = `${layer}${all}`;
      const known = trees.get(key) ?? layerTree(image, layer, all);
      trees.delete(key);
      trees.set(key, known);
      for (const oldest of trees.keys()) if (trees.size > keptTrees) trees.delete(oldest);
      return known;
    },
    height: () => treeHeight(windowSize() ?? { columns: 80, rows: 24 }),
  };
  const analysis = analyse(image);
  let state = firstState(model);
  return () => ({
    draw: (size) => drawDive({ name, analysis, state }, size, paint),
    key(key) {
      const next = afterKey(state, key, model);
      if (!next) return "end";
      state = next;
      return undefined;
    },
  });
}
