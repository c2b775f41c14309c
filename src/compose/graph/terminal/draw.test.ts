import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { blog, market, shop, sketchProject } from "../../../../tests/setup/sketch-project.ts";
import type { Project } from "../../model/project.ts";
import { sceneOf } from "../scene.ts";
import { type Arrangement, arrange } from "./arrange.ts";
import { drawn, terminalGraph } from "./draw.ts";
import { down, left, right, up } from "./grid.ts";
import { legend } from "./legend.ts";
import type { Area } from "./place.ts";

const plain = (text: string) => text;

/** Thirty services, of which each needs up to three of those behind it: always the same ones. */
function crowd(count: number): Project {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  return sketchProject(
    "crowd",
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `service${at}`,
        {
          needs: Array.from({ length: Math.min(3, count - at - 1) }, () => {
            const word = ["", " healthy", " completed"][next(3)] ?? "";
            return `service${at + 1 + next(count - at - 1)}${word}`;
          }),
          ...(at % 4 === 0 && { open: [`${8000 + at}:80`] }),
          times: 1 + next(3),
        },
      ]),
    ),
  );
}

const projects: readonly [Project, number][] = [
  [blog, 80],
  [shop, 60],
  [shop, 100],
  [market, 80],
  [market, 160],
  [crowd(5), 80],
  [crowd(14), 100],
  [crowd(30), 100],
];

function overlap(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

const steps = [
  { arm: up, back: down, by: (width: number) => -width },
  { arm: down, back: up, by: (width: number) => width },
  { arm: left, back: right, by: () => -1 },
  { arm: right, back: left, by: () => 1 },
] as const;

/** The services whose frames a line can reach from a cell without leaving its bundle. */
function reached({ grid, placed }: Arrangement, start: number, bundle: number): readonly string[] {
  const seen = new Set([start]);
  const found = new Set<string>();
  for (const cell of seen) {
    const vertical = grid.vertical[cell] === bundle ? (grid.verticalArms[cell] ?? 0) : 0;
    const horizontal = grid.horizontal[cell] === bundle ? (grid.horizontalArms[cell] ?? 0) : 0;
    for (const { arm, back, by } of steps) {
      if (((vertical | horizontal) & arm) === 0) continue;
      const next = cell + by(grid.width);
      const x = next % grid.width;
      const y = (next - x) / grid.width;
      const isVertical = arm === up || arm === down;
      const owner = (isVertical ? grid.vertical : grid.horizontal)[next];
      const arms = (isVertical ? grid.verticalArms : grid.horizontalArms)[next] ?? 0;
      if (owner === bundle && arms & back) seen.add(next);
      else {
        const box = placed.find(({ frame }) => overlap(frame, { x, y, width: 1, height: 1 }));
        found.add(box ? `${arm === down ? "into" : "out of"} ${box.box.name}` : `nothing at ${x},${y}`);
      }
    }
  }
  return [...found].sort();
}

describe.each(projects)("the terminal's drawing of $name at %d columns", (project, width) => {
  const scene = sceneOf(project);
  const arrangement = arrange(scene, width);

  test("has every service once, and no two overlap", () => {
    const { placed } = arrangement;
    expect(placed.map(({ box }) => box.name).sort()).toEqual(Object.keys(project.services).sort());
    for (const [at, a] of placed.entries()) {
      for (const b of placed.slice(at + 1)) {
        for (const one of [a.frame, a.tabs]) {
          for (const other of [b.frame, b.tabs]) {
            expect([a.box.name, b.box.name, overlap(one, other)]).toEqual([a.box.name, b.box.name, false]);
          }
        }
      }
    }
  });

  test("has a line for every dependency, from its box to the other one and to no third", () => {
    expect(arrangement.untold).toEqual([]);
    expect(arrangement.ends).toHaveLength(scene.edges.length);
    for (const { edge, bundle, start } of arrangement.ends) {
      const sharers = arrangement.ends.filter((other) => other.bundle === bundle);
      expect(reached(arrangement, start, bundle)).toEqual(
        [`into ${edge.to}`, ...new Set(sharers.map((other) => `out of ${other.edge.from}`))].sort(),
      );
    }
  });

  test("runs no line through a box", () => {
    const { grid, placed } = arrangement;
    for (const { frame, tabs } of placed) {
      for (const { x, y, width: w, height: h } of [frame, tabs]) {
        for (let row = y; row < y + h; row++) {
          for (let column = x; column < x + w; column++) {
            const cell = grid.at(column, row);
            expect([grid.vertical[cell], grid.horizontal[cell]]).toEqual([0, 0]);
          }
        }
      }
    }
  });

  test("fits the width, and has every name and every port", () => {
    const lines = [...drawn(arrangement, plain), ...legend(scene, arrangement.untold, width, plain)];
    const text = lines.join("\n");
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
    for (const service of scene.services) {
      expect(text).toContain(` ${service.name} `);
      for (const { host, target } of service.ports) expect(text).toContain(`${host}→${target}`);
    }
  });
});

// Thirty services in a narrow window are work for a busy machine.
setDefaultTimeout(60_000);

describe("the terminal's drawing", () => {
  test("of three services is what a person expects", () => {
    expect(terminalGraph(sceneOf(blog), 80, plain)).toMatchSnapshot();
  });

  test("of eight services in sixty columns is readable", () => {
    expect(terminalGraph(sceneOf(shop), 60, plain)).toMatchSnapshot();
  });

  test("of twenty services in 120 columns is readable", () => {
    expect(terminalGraph(sceneOf(market), 120, plain)).toMatchSnapshot();
  });

  test("has states where they are known", () => {
    const live = new Map([
      ["web", { mood: "good", text: "running" } as const],
      ["app", { mood: "waiting", text: "2 healthy, 1 starting" } as const],
      ["db", { mood: "bad", text: "exited (1)" } as const],
    ]);
    expect(terminalGraph(sceneOf(blog, live), 80, plain)).toMatchSnapshot();
  });

  test("is painted only by the painter it is given", () => {
    const painted = terminalGraph(sceneOf(shop), 80, (text, ...inks) => `<${inks.join(" ")}>${text}</>`);
    expect(painted).toContain("<bold>proxy</>");
    expect(painted.replace(/<\/?[a-zA-Z ]*>/g, "")).toBe(terminalGraph(sceneOf(shop), 80, plain));
  });

  test("of names with control characters lets none of them through", () => {
    const project = sketchProject("odd", { web: { image: "a\u001b[31mb\tc:1" } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
    expect(terminalGraph(sceneOf(project), 80, plain)).not.toMatch(/[\u001b\t]/);
  });

  test("of names in wide letters keeps its frame straight", () => {
    const project = sketchProject("wide", { web: { image: "画像サービス:1" } });
    const frame = terminalGraph(sceneOf(project), 80, plain).split("\n").slice(0, 3);
    expect(new Set(frame.map((line) => Bun.stringWidth(line))).size).toBe(1);
  });

  test("of a circle ends, and of nothing says so", () => {
    const circle = sketchProject("circle", { a: { needs: ["b"] }, b: { needs: ["a"] } });
    expect(terminalGraph(sceneOf(circle), 80, plain)).toContain(" b ");
    expect(terminalGraph(sceneOf(sketchProject("none", {})), 80, plain)).toBe("none: no services\n");
  });

  test("tells services of profiles that are not active", () => {
    const project = sketchProject(
      "p",
      { web: {} },
      { disabledServices: { debug: { name: "debug", profiles: ["dev"] } } },
    );
    expect(terminalGraph(sceneOf(project), 80, plain)).toContain("inactive  debug  profile dev");
  });
});
