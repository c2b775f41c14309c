import type { Scene, SceneMount, SceneService } from "../scene.ts";
import { columnsOf, type Ink, type Piece } from "./canvas.ts";

/** One service as lines, before it has a place. */
export interface Box {
  readonly name: string;
  readonly title: readonly Piece[];
  readonly body: readonly (readonly Piece[])[];
  /** Published ports above the frame, in lines that fit it. */
  readonly tabs: readonly (readonly string[])[];
  /** Of the frame, without the edge of the boxes behind it. */
  readonly width: number;
  readonly frameHeight: number;
  readonly isStacked: boolean;
  readonly frame: readonly Ink[];
}

const networkInks: readonly Ink[] = [
  "cyan",
  "magenta",
  "yellow",
  "blue",
  "green",
  "brightMagenta",
  "brightCyan",
];

export function networkInk(scene: Scene, key: string): Ink {
  const at = scene.networks.findIndex((network) => network.key === key);
  return networkInks[at % networkInks.length] ?? "cyan";
}

const moodInks = { bad: "red", waiting: "yellow", good: "green", ended: "blue", none: "grey" } as const;
const moodSigns = { bad: "✗", waiting: "◌", good: "●", ended: "✓", none: "○" } as const;

export function boxOf(scene: Scene, service: SceneService, widest: number): Box {
  const { live } = service;
  const title: Piece[] = [
    ...(live ? [piece(`${moodSigns[live.mood]} `, moodInks[live.mood])] : []),
    piece(service.name, "bold"),
    ...(service.replicas === 1 ? [] : [piece(` ×${service.replicas}`, "yellow")]),
  ];
  const body = bodyOf(scene, service);
  const ports = [...new Set(service.ports.map(({ host, target }) => `${host}→${target}`))];
  const longest = Math.max(
    widthOf(title) + 2,
    ...body.map((line) => widthOf(line)),
    ...ports.map((port) => columnsOf(port) + besideTabs),
    Math.min(columnsOf(ports.join("  ")) + besideTabs, 34),
    10,
  );
  const width = Math.min(longest + 4, widest);
  return {
    name: service.name,
    title,
    body,
    tabs: tabLines(ports, width - 4 - besideTabs),
    width,
    frameHeight: body.length + 2,
    isStacked: service.replicas > 1,
    frame: live ? [moodInks[live.mood]] : [],
  };
}

/** The frame, and the boxes behind it that look out on the right and below. */
export function outerSize({ width, frameHeight, isStacked }: Box): { width: number; height: number } {
  const more = isStacked ? 1 : 0;
  return { width: width + more, height: frameHeight + more };
}

export function tabsWidth({ tabs }: Box): number {
  return Math.max(0, ...tabs.map((line) => columnsOf(line.join("  ")))) + (tabs.length > 0 ? tabsIndent : 0);
}

function piece(text: string, ...inks: Ink[]): Piece {
  return { text, inks };
}

export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

function bodyOf(scene: Scene, service: SceneService): Piece[][] {
  const lines: Piece[][] = [[piece(service.origin, "dim")]];
  if (service.live) lines.push([piece(service.live.text, moodInks[service.live.mood])]);
  if (scene.networks.length > 1 && service.networks.length > 0) {
    lines.push(
      joined(
        service.networks.map((key) => piece(key, networkInk(scene, key))),
        " · ",
      ),
    );
  }
  for (const note of service.notes) lines.push([piece(note, "dim")]);
  const kinds: readonly [string, readonly string[]][] = [
    ["vol", service.volumes.filter(({ kind }) => kind === "volume").map(mountText)],
    ["bind", service.volumes.filter(({ kind }) => kind === "bind").map(mountText)],
    ["tmpfs", service.volumes.filter(({ kind }) => kind === "tmpfs").map(({ target }) => target)],
    ["mount", service.volumes.filter(({ kind }) => kind === "other").map(mountText)],
    ["conf", service.configs],
    ["secret", service.secrets],
  ];
  for (const [word, texts] of kinds) {
    if (texts.length > 0) lines.push([piece(`${word} `, "dim"), piece(texts.join(", "))]);
  }
  return lines;
}

/** Where a volume is mounted stands below the drawing; a box says which. */
function mountText({ kind, source, target, readOnly }: SceneMount): string {
  return `${kind === "bind" || source !== "" ? source : target}${readOnly ? " (ro)" : ""}`;
}

function joined(pieces: readonly Piece[], between: string): Piece[] {
  return pieces.flatMap((one, at) => (at === 0 ? [one] : [piece(between, "dim"), one]));
}

/** Where the first port stands above the frame. */
export const tabsIndent = 1;
const betweenTabs = 2;
/** What stays free beside ports: lines come down to the frame there. */
const besideTabs = 4;

function tabLines(ports: readonly string[], room: number): string[][] {
  const lines: string[][] = [];
  let left = 0;
  for (const port of ports) {
    const size = columnsOf(port) + betweenTabs;
    if (lines.length === 0 || size - betweenTabs > left) {
      lines.push([]);
      left = room;
    }
    lines.at(-1)?.push(port);
    left -= size;
  }
  return lines;
}
