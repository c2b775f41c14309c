import type { Scene, SceneEdge } from "../scene.ts";
import { networkInk, widthOf } from "./box.ts";
import { Canvas, columnsOf, type Paint, type Piece } from "./canvas.ts";
import { type LineStyle, lineInks, lineLetter, styleOf } from "./lines.ts";

const words: Readonly<Record<LineStyle, string>> = {
  light: "waits until it is started",
  heavy: "until it is healthy",
  double: "until it has ended well",
  dashed: "if it is there",
};

/** What the drawing leaves out: networks and volumes with their users, what the lines mean. */
export function legend(
  scene: Scene,
  untold: readonly SceneEdge[],
  width: number,
  paint: Paint,
): readonly string[] {
  const rows: Piece[][] = [];
  const section = (title: string, entries: readonly Entry[]) => {
    for (const [at, { head, items }] of entries.entries()) {
      const start: Piece[] = [{ text: (at === 0 ? title : "").padEnd(indent), inks: ["dim"] }, ...head];
      rows.push(...wrapped(start, items, width));
    }
  };
  section("networks", networkEntries(scene));
  section("volumes", volumeEntries(scene));
  section(
    "also",
    untold.map(({ from, to, condition }) => ({
      head: [],
      items: [text(`${from} needs ${to} ${condition}`)],
    })),
  );
  section(
    "inactive",
    scene.inactive.map(({ name, profiles }) => ({
      head: [text(name)],
      items: [{ text: `  profile ${profiles.join(", ")}`, inks: ["dim"] }],
    })),
  );
  const styles = (["light", "heavy", "double", "dashed"] as const).filter((style) =>
    scene.edges.some((edge) => styleOf(edge) === style),
  );
  section(
    "lines",
    styles.map((style) => ({
      head: [{ text: lineLetter(style, 12).repeat(2), inks: lineInks[style] }],
      items: [text(` ${words[style]}`)],
    })),
  );
  const canvas = new Canvas();
  for (const [y, row] of rows.entries()) canvas.write(0, y, row, width);
  return canvas.lines(paint);
}

const indent = 10;

interface Entry {
  readonly head: readonly Piece[];
  readonly items: readonly Piece[];
}

/** Items behind a head, on as many lines as they need. */
function wrapped(head: readonly Piece[], items: readonly Piece[], width: number): Piece[][] {
  const margin = Math.min(widthOf(head), Math.max(0, width - 20));
  const lines: Piece[][] = [[...head]];
  let used = margin;
  for (const [at, item] of items.entries()) {
    const piece = at === items.length - 1 ? item : { ...item, text: `${item.text}, ` };
    const size = columnsOf(item.text) + 1;
    if (used > margin && used + size > width) {
      lines.push([text(" ".repeat(margin))]);
      used = margin;
    }
    lines.at(-1)?.push(piece);
    used += columnsOf(piece.text);
  }
  return lines;
}

function text(words: string): Piece {
  return { text: words, inks: [] };
}

function networkEntries(scene: Scene): Entry[] {
  const used = scene.networks.filter(({ services }) => services.length > 0);
  const names = widest(used.map(({ key }) => key));
  const facts = widest(used.map((network) => network.facts.join(", ")));
  const isSingle = scene.networks.length === 1;
  return used.map(({ key, services, ...network }) => ({
    head: [
      { text: `▌${padded(key, names)}  `, inks: [networkInk(scene, key)] },
      ...(facts > 0
        ? [{ text: `${padded(network.facts.join(", "), facts)}  `, inks: ["dim"] } as Piece]
        : []),
    ],
    items:
      isSingle && services.length === scene.services.length ? [text("all services")] : services.map(text),
  }));
}

function volumeEntries(scene: Scene): Entry[] {
  const used = scene.volumes.filter(({ users }) => users.length > 0);
  const names = widest(used.map(({ key }) => key));
  return used.map(({ key, external, users }) => ({
    head: [
      text(`${padded(key, names)}  `),
      ...(external ? [{ text: "external  ", inks: ["dim"] } as Piece] : []),
    ],
    items: users.map(({ service, target }) => text(`${service}:${target}`)),
  }));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(columnsOf));
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columnsOf(text)));
}
