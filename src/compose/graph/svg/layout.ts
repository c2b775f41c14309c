import { type Link, layersOf, orderLayers } from "../layers.ts";
import type { Scene, SceneEdge } from "../scene.ts";
import { spread } from "../spread.ts";
import { type Card, cardsOf } from "./card-size.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedCard {
  readonly card: Card;
  /** The card's own corner; its ports stand above, its replicas behind. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly edge: SceneEdge;
  /** From the right side of one card to the left side of another; two points for each column it passes. */
  readonly points: readonly Point[];
}

export interface SvgLayout {
  readonly cards: readonly PlacedCard[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

const gapBetweenCards = 26;
/** What a line takes where it passes a column. */
const lane = 12;

/** Columns from left to right: who depends on others stands left of them. */
export function svgLayout(scene: Scene): SvgLayout {
  const cards = cardsOf(scene);
  const { columns, links, ways } = columnsOf(scene, cards);
  const size = (name: string): number => {
    const card = cards.get(name);
    return card ? card.above + card.height + card.behind : lane;
  };
  // Lines go from card to card: ports above it and replicas behind it do not count.
  const offset = (name: string): number => {
    const card = cards.get(name);
    return card ? (card.above - card.behind) / 2 : 0;
  };
  const middles = middlesOf(columns, links, size, offset);
  const width = Math.max(0, ...[...cards.values()].map((card) => card.width));
  const gap = Math.min(150, 84 + scene.edges.length * 3);
  const columnOf = new Map(
    columns.flatMap((column, at) => column.map((name): [string, number] => [name, at])),
  );
  const left = (name: string) => (columnOf.get(name) ?? 0) * (width + gap);
  const placed = [...cards].map(([name, card]): PlacedCard => {
    const top = (middles.get(name) ?? 0) - size(name) / 2;
    return { card, x: left(name), y: top + card.above };
  });
  const lowest = Math.min(0, ...placed.map(({ card, y }) => y - card.above));
  const shifted = placed.map((one) => ({ ...one, y: Math.round(one.y - lowest) }));
  const highest = Math.max(0, ...shifted.map(({ card, y }) => y + card.height + card.behind));
  const laneAt = (name: string) => (middles.get(name) ?? 0) - lowest;
  const edges = edgesOf(scene, shifted, ways, { left, laneAt, width });
  const farthest = Math.max(highest, ...edges.flatMap(({ points }) => points.map(({ y }) => y)));
  const behind = Math.max(0, ...[...cards.values()].map((card) => card.behind));
  return {
    cards: shifted,
    edges,
    width: columns.length * (width + gap) - gap + behind,
    height: farthest,
  };
}

interface Columns {
  readonly columns: readonly (readonly string[])[];
  /** Between neighbouring columns only. */
  readonly links: readonly Link[];
  /** The places an edge passes, from its service to the other one. */
  readonly ways: ReadonlyMap<SceneEdge, readonly string[]>;
}

/** Layers, cut where they would be too high, with a place for each edge in each column it passes. */
function columnsOf(scene: Scene, cards: ReadonlyMap<string, Card>): Columns {
  const layers = layersOf(
    scene.services.map(({ name }) => name),
    scene.edges,
  );
  const whole = [...cards.values()].reduce(
    (sum, card) => sum + card.height + card.above + gapBetweenCards,
    0,
  );
  const limit = Math.max(420, Math.sqrt(whole * 340) * 0.92);
  const columns = layers.flatMap((layer) => cut(layer, cards, limit)).map((column) => [...column]);
  const at = new Map(
    columns.flatMap((column, index) => column.map((name): [string, number] => [name, index])),
  );
  const links: Link[] = [];
  const ways = new Map<SceneEdge, readonly string[]>();
  for (const edge of scene.edges) {
    const from = at.get(edge.from) ?? 0;
    const to = at.get(edge.to) ?? 0;
    const way = [edge.from];
    for (let column = from + 1; column < to; column++) {
      const name = `${edge.from} to ${edge.to} in ${column}`;
      columns[column]?.push(name);
      way.push(name);
    }
    way.push(edge.to);
    ways.set(edge, way);
    if (from < to) links.push(...way.slice(1).map((name, index) => ({ from: way[index] ?? "", to: name })));
  }
  return { columns: orderLayers(columns, links), links, ways };
}

function cut(layer: readonly string[], cards: ReadonlyMap<string, Card>, limit: number): string[][] {
  const height = (name: string) => {
    const card = cards.get(name);
    return card ? card.above + card.height + card.behind + gapBetweenCards : 0;
  };
  const total = layer.reduce((sum, name) => sum + height(name), 0);
  const parts = Math.ceil(total / limit);
  const fair = total / parts;
  const columns: string[][] = [];
  let filled = 0;
  for (const name of layer) {
    if (columns.length === 0 || (filled + height(name) / 2 > fair && columns.length < parts)) {
      columns.push([]);
      filled = 0;
    }
    columns.at(-1)?.push(name);
    filled += height(name);
  }
  return columns;
}

const passes = 12;

/** Each column as near to its neighbours as its own things allow, from both sides in turns. */
function middlesOf(
  columns: readonly (readonly string[])[],
  links: readonly Link[],
  size: (name: string) => number,
  offset: (name: string) => number,
): ReadonlyMap<string, number> {
  const around = new Map<string, string[]>();
  for (const { from, to } of links) {
    around.set(from, [...(around.get(from) ?? []), to]);
    around.set(to, [...(around.get(to) ?? []), from]);
  }
  const middles = new Map<string, number>();
  for (const column of columns) {
    const total = column.reduce((sum, name) => sum + size(name) + gapBetweenCards, -gapBetweenCards);
    let y = -total / 2;
    for (const name of column) {
      middles.set(name, y + size(name) / 2);
      y += size(name) + gapBetweenCards;
    }
  }
  for (let pass = 0; pass < passes; pass++) {
    for (const column of pass % 2 === 0 ? columns : [...columns].reverse()) {
      const wishes = column.map((name) => {
        const near = around.get(name) ?? [];
        const own = middles.get(name) ?? 0;
        const sum = near.reduce((all, one) => all + (middles.get(one) ?? 0) + offset(one), 0);
        return { middle: near.length > 0 ? sum / near.length - offset(name) : own, size: size(name) };
      });
      const far = 1e6;
      for (const [index, start] of spread(wishes, gapBetweenCards, -far, far).entries()) {
        const name = column[index] ?? "";
        middles.set(name, start + size(name) / 2);
      }
    }
  }
  return middles;
}

interface Places {
  left(name: string): number;
  laneAt(name: string): number;
  readonly width: number;
}

function edgesOf(
  scene: Scene,
  placed: readonly PlacedCard[],
  ways: ReadonlyMap<SceneEdge, readonly string[]>,
  { left, laneAt, width }: Places,
): readonly PlacedEdge[] {
  const byName = new Map(placed.map((one) => [one.card.service.name, one]));
  /** Where an edge heads for next, seen from one of its ends: ends of a card are in that order. */
  const heading = (edge: SceneEdge, step: 1 | -2): number => {
    const next = ways.get(edge)?.at(step) ?? "";
    const card = byName.get(next);
    return card ? card.y + card.card.height / 2 : laneAt(next);
  };
  const side = (name: string, edge: SceneEdge, isStart: boolean): number => {
    const one = byName.get(name);
    if (!one) return 0;
    const all = scene.edges
      .filter((other) => (isStart ? other.from : other.to) === name)
      .sort((a, b) => heading(a, isStart ? 1 : -2) - heading(b, isStart ? 1 : -2));
    const step = Math.min(14, (one.card.height - 28) / Math.max(1, all.length));
    return one.y + one.card.height / 2 + (all.indexOf(edge) - (all.length - 1) / 2) * step;
  };
  return scene.edges.map((edge) => {
    const way = ways.get(edge) ?? [];
    const start = byName.get(edge.from);
    const points: Point[] = [
      { x: left(edge.from) + width + (start?.card.behind ?? 0), y: side(edge.from, edge, true) },
    ];
    for (const name of way.slice(1, -1)) {
      const y = laneAt(name);
      points.push({ x: left(name) - 10, y }, { x: left(name) + width + 14, y });
    }
    points.push({ x: left(edge.to), y: side(edge.to, edge, false) });
    return { edge, points };
  });
}
