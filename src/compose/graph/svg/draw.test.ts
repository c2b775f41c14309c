import { describe, expect, test } from "bun:test";
import { blog, market, shop, sketchProject } from "../../../../tests/setup/sketch-project.ts";
import { sceneOf } from "../scene.ts";
import { svgGraph } from "./draw.ts";
import { type PlacedCard, svgLayout } from "./layout.ts";
import { textWidth } from "./measure.ts";

const flat = sketchProject(
  "flat",
  Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`service${at}`, { open: [`${8000 + at}:80`] }])),
);

function area({ card, x, y }: PlacedCard) {
  return {
    left: x,
    right: x + card.width + card.behind,
    top: y - card.above,
    bottom: y + card.height + card.behind,
  };
}

describe.each([blog, shop, market, flat])("the picture of $name", (project) => {
  const scene = sceneOf(project);
  const layout = svgLayout(scene);

  test("has no two cards on one another, and all within its bounds", () => {
    for (const [at, one] of layout.cards.entries()) {
      const a = area(one);
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.top).toBeGreaterThanOrEqual(-0.5);
      expect(a.right).toBeLessThanOrEqual(layout.width + 0.5);
      expect(a.bottom).toBeLessThanOrEqual(layout.height + 0.5);
      for (const other of layout.cards.slice(at + 1)) {
        const b = area(other);
        const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect([one.card.service.name, other.card.service.name, isApart]).toEqual([
          one.card.service.name,
          other.card.service.name,
          true,
        ]);
      }
    }
  });

  test("ends every line at the sides of its two cards", () => {
    const byName = new Map(layout.cards.map((one) => [one.card.service.name, one]));
    expect(layout.edges).toHaveLength(scene.edges.length);
    for (const { edge, points } of layout.edges) {
      const [from, to] = [byName.get(edge.from), byName.get(edge.to)];
      const [start, end] = [points[0], points.at(-1)];
      if (!from || !to || !start || !end) throw new Error("an edge without ends");
      expect(start.x).toBe(from.x + from.card.width + from.card.behind);
      expect(end.x).toBe(to.x);
      for (const [point, one] of [
        [start, from],
        [end, to],
      ] as const) {
        expect(point.y).toBeGreaterThan(one.y);
        expect(point.y).toBeLessThan(one.y + one.card.height);
      }
    }
  });

  test("runs no line through a card: it passes columns above or below them", () => {
    for (const { points } of layout.edges) {
      for (const [at, point] of points.entries()) {
        const next = points[at + 1];
        // Only from its second point on does a line run past cards, two points each time.
        if (!next || at === 0 || at % 2 === 0) continue;
        for (const one of layout.cards) {
          const { left, right, top, bottom } = area(one);
          const isInColumn = next.x > left && point.x < right;
          if (isInColumn) expect(point.y > top && point.y < bottom).toBe(false);
        }
      }
    }
  });

  test("is in proportion: neither a ribbon nor a tower", () => {
    if (scene.services.length > 3) {
      expect(layout.width / layout.height).toBeGreaterThan(0.5);
      expect(layout.width / layout.height).toBeLessThan(5);
    }
  });

  test("is one well-formed element with title and description, and asks for nothing outside", () => {
    const svg = svgGraph(scene);
    let open = 0;
    for (const [, closing, , own] of svg.matchAll(/<(\/?)([a-z]+)\b[^<>]*?(\/?)>/g)) {
      if (closing) open--;
      else if (!own) open++;
      expect(open).toBeGreaterThanOrEqual(0);
    }
    expect(open).toBe(0);
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img" aria-labelledby="title desc"/,
    );
    expect(svg).toContain("prefers-color-scheme:dark");
    for (const { name } of scene.services) expect(svg).toContain(`>${name}</text>`);
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/href|url\(|https?:/);
  });
});

describe("the picture", () => {
  test("takes hostile names as text", () => {
    const svg = svgGraph(sceneOf(sketchProject("x", { web: { image: `<script>"&\u0000` } })));
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;&quot;&amp;\ufffd");
  });

  test("shows states where they are known", () => {
    const live = new Map([["db", { mood: "bad", text: "exited (1)" } as const]]);
    const svg = svgGraph(sceneOf(blog, live));
    expect(svg).toContain('<circle class="bad"');
    expect(svg).toContain("exited (1)");
  });

  test("cuts texts that are wider than a card, and says them whole to who asks", () => {
    const image = `registry.example/${"long/".repeat(20)}name:1`;
    const svg = svgGraph(sceneOf(sketchProject("x", { web: { image } })));
    expect(svg).toContain("…</text>");
    expect(svg).toContain(`<title>web: ${image}</title>`);
    expect(textWidth("iiii", 12)).toBeLessThan(textWidth("MMMM", 12) / 2);
  });
});
