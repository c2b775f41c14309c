import { describe, expect, test } from "bun:test";
import { containerOf, idOf, needs, planLines, projectOf } from "../../../../tests/fakes/compose-situation.ts";
import { planDown, planStop } from "./plan-end.ts";
import { planRestart } from "./plan-restart.ts";

const project = projectOf({
  web: { depends_on: needs("api") },
  api: { depends_on: needs("db") },
  db: {},
  other: {},
});
const there = ["web", "api", "db", "other"].map((name) => containerOf(project, name));
const observed = (containers = there) => ({ name: "shop", containers, networks: [], volumes: [] });
const all = { services: [], removeOrphans: false };

describe("the end", () => {
  test("comes to dependents first, side by side where nothing depends", () => {
    expect(planLines(planStop(project, there, []))).toEqual([
      "stop shop-web-1",
      "stop shop-other-1",
      "stop shop-api-1 < stop shop-web-1",
      "stop shop-db-1 < stop shop-api-1",
    ]);
  });

  test("of some keeps the order across those that stay", () => {
    expect(planLines(planStop(project, there, ["web", "db"]))).toEqual([
      "stop shop-web-1",
      "stop shop-db-1 < stop shop-web-1",
    ]);
  });
});

describe("down", () => {
  test("of one service takes what depends on it along", () => {
    expect(planLines(planDown(project, observed(), { ...all, services: ["api"] }))).toEqual([
      "remove shop-web-1",
      "remove shop-api-1 < remove shop-web-1",
    ]);
  });

  test("leaves orphans and one-off containers, unless they are to go", () => {
    const once = containerOf(project, "web", 1, { id: idOf("once"), name: "shop-web-run-1", oneOff: true });
    const orphan = containerOf(project, "gone");
    const more = observed([...there, once, orphan]);
    expect(planDown(project, more, all).steps).toHaveLength(4);
    const plan = planDown(project, more, { ...all, removeOrphans: true });
    expect(planLines(plan).slice(0, 2)).toEqual(["remove shop-web-1", "remove shop-web-run-1"]);
    expect(planLines({ steps: plan.orphans })).toEqual(["remove shop-gone-1"]);
  });
});

test("a restart goes in the order of dependencies, and waits as they say", () => {
  const restarted = projectOf({
    web: { depends_on: needs("db", "service_healthy", { restart: true }) },
    db: {},
  });
  const containers = ["web", "db"].map((name) => containerOf(restarted, name));
  expect(planLines(planRestart(restarted, containers))).toEqual([
    "restart shop-db-1",
    "wait web for db service_healthy < restart shop-db-1",
    "restart shop-web-1 < wait web for db service_healthy",
  ]);
});
