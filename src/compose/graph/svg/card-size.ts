import type { Scene, SceneMount, SceneService } from "../scene.ts";
import { textWidth } from "./measure.ts";

/** One line with a sign in front of it. */
export interface CardRow {
  readonly sign: "volume" | "bind" | "config" | "secret" | "note";
  readonly text: string;
}

/** A service's card before it has a place. */
export interface Card {
  readonly service: SceneService;
  readonly rows: readonly CardRow[];
  /** Networks in lines that fit. */
  readonly chips: readonly (readonly string[])[];
  /** Published ports, in lines that fit; they stand above the card. */
  readonly tabs: readonly (readonly string[])[];
  readonly width: number;
  /** Of the card alone. */
  readonly height: number;
  /** What the ports take above it. */
  readonly above: number;
  /** What the replicas behind it take below and on the right. */
  readonly behind: number;
}

export const metrics = {
  padding: 14,
  nameSize: 15,
  textSize: 12,
  chipSize: 11,
  headHeight: 50,
  rowHeight: 19,
  chipHeight: 24,
  tabHeight: 25,
  stackStep: 5,
} as const;

/** All of one width, the one the longest text asks for, within bounds. */
export function cardsOf(scene: Scene): ReadonlyMap<string, Card> {
  const drafts = scene.services.map((service) => ({ service, rows: rowsOf(service) }));
  const wanted = drafts.map(({ service, rows }) =>
    Math.max(
      textWidth(service.name, metrics.nameSize, true) + (service.replicas === 1 ? 0 : 40),
      textWidth(service.origin, metrics.textSize),
      ...rows.map(({ text }) => textWidth(text, metrics.textSize) + 20),
      ...portTexts(service).map((text) => chipWidth(text) - 10),
    ),
  );
  const width = Math.min(280, Math.max(176, ...wanted.map((one) => one + 2 * metrics.padding)));
  return new Map(drafts.map(({ service, rows }) => [service.name, card(scene, service, rows, width)]));
}

function card(scene: Scene, service: SceneService, rows: readonly CardRow[], width: number): Card {
  const inner = width - 2 * metrics.padding;
  const chips = scene.networks.length > 1 ? inLines(service.networks, inner) : [];
  const tabs = inLines(portTexts(service), width - 16);
  const state = service.live ? metrics.rowHeight : 0;
  const body = rows.length * metrics.rowHeight + chips.length * metrics.chipHeight + state;
  return {
    service,
    rows,
    chips,
    tabs,
    width,
    height: metrics.headHeight + body + (body > 0 ? 10 : 4),
    above: tabs.length > 0 ? tabs.length * metrics.tabHeight - 11 : 0,
    behind: service.replicas > 2 ? 2 * metrics.stackStep : service.replicas > 1 ? metrics.stackStep : 0,
  };
}

function portTexts({ ports }: SceneService): readonly string[] {
  return [...new Set(ports.map(({ host, target }) => `${host} → ${target}`))];
}

export function chipWidth(text: string): number {
  return textWidth(text, metrics.chipSize, true) + 16;
}

function inLines(texts: readonly string[], room: number): string[][] {
  const lines: string[][] = [];
  let left = 0;
  for (const text of texts) {
    const size = chipWidth(text) + 6;
    if (lines.length === 0 || size > left) {
      lines.push([]);
      left = room;
    }
    lines.at(-1)?.push(text);
    left -= size;
  }
  return lines;
}

function rowsOf(service: SceneService): CardRow[] {
  return [
    ...service.notes.map((text): CardRow => ({ sign: "note", text })),
    ...service.volumes.map((mount): CardRow => ({ sign: signs[mount.kind], text: mountText(mount) })),
    ...service.configs.map((text): CardRow => ({ sign: "config", text })),
    ...service.secrets.map((text): CardRow => ({ sign: "secret", text })),
  ];
}

const signs = { volume: "volume", bind: "bind", tmpfs: "note", other: "bind" } as const;

function mountText({ kind, source, target, readOnly }: SceneMount): string {
  if (kind === "tmpfs") return `memory at ${target}`;
  return `${source === "" ? target : `${source} → ${target}`}${readOnly ? " (ro)" : ""}`;
}
