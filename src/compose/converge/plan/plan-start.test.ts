import { describe, expect, test } from "bun:test";
import { containerOf, needs, planLines, projectOf } from "../../../../tests/fakes/compose-situation.ts";
import type { Project } from "../../model/project.ts";
import { planConditions, planStart, startPlace } from "./plan-start.ts";

type State = "running" | "exited" | "created";

function placesOf(project: Project, states: Readonly<Record<string, readonly State[]>>) {
  return new Map(
    Object.entries(states).map(([name, each]) => [
      name,
      each.map((state, index) => startPlace(containerOf(project, name, index + 1, { state }))),
    ]),
  );
}

const lines = (project: Project, states: Readonly<Record<string, readonly State[]>>, wait = false) =>
  planLines(planStart({ project, containers: placesOf(project, states), rolled: new Map(), wait }));

describe("order", () => {
  test("each after all containers of what it depends on, the others side by side", () => {
    const project = projectOf({ web: { depends_on: needs("db") }, db: {}, other: {} });
    expect(lines(project, { web: ["created"], db: ["created", "created"], other: ["created"] })).toEqual([
      "start db-1",
      "start db-2",
      "start other-1",
      "start web-1 < start db-1, start db-2",
    ]);
  });

  test("what runs is not started, and whom it waits for is waited for by those behind it", () => {
    const project = projectOf({ c: { depends_on: needs("b") }, b: { depends_on: needs("a") }, a: {} });
    expect(lines(project, { a: ["exited"], b: ["running"], c: ["created"] })).toEqual([
      "start a-1",
      "start c-1 < start a-1",
    ]);
  });

  test("replicas that share a range of ports start one after another", () => {
    const project = projectOf({ web: { ports: [{ target: 80, published: "8000-8009" }] } });
    expect(lines(project, { web: ["created", "created"] })).toEqual([
      "start web-1",
      "start web-2 < start web-1",
    ]);
  });

  test("a service without containers is an error, unless none are wanted", () => {
    expect(() => lines(projectOf({ web: {} }), {})).toThrow('service "web" has no container to start');
    expect(lines(projectOf({ web: { scale: 0 } }), {})).toEqual([]);
    expect(lines(projectOf({ web: { deploy: { replicas: 0 } } }), { web: ["exited"] })).toEqual([]);
  });
});

describe("conditions", () => {
  test("healthy and completed are waited for after the start", () => {
    const project = projectOf({
      web: {
        depends_on: { ...needs("db", "service_healthy"), ...needs("seed", "service_completed_successfully") },
      },
      db: {},
      seed: {},
    });
    expect(lines(project, { web: ["created"], db: ["created"], seed: ["running"] })).toEqual([
      "start db-1",
      "wait web for db service_healthy < start db-1",
      "wait web for seed service_completed_successfully",
      "start web-1 < wait web for db service_healthy, wait web for seed service_completed_successfully",
    ]);
  });

  test("nobody waits for what has no containers", () => {
    const none = projectOf({ web: { depends_on: needs("db", "service_healthy") }, db: { scale: 0 } });
    expect(lines(none, { web: ["created"] })).toEqual(["start web-1"]);
    const optional = { required: false } as const;
    const gone = projectOf({ web: { depends_on: needs("db", "service_healthy", optional) } });
    expect(lines(gone, { web: ["created"] })).toEqual(["start web-1"]);
  });

  test("a container of `run` waits for the same", () => {
    const project = projectOf({ db: {}, seed: {} });
    const service = {
      name: "web",
      depends_on: { ...needs("db"), ...needs("seed", "service_completed_successfully") },
    };
    const places = placesOf(project, { db: ["running"], seed: ["running"] });
    expect(planLines(planConditions(project, service, places))).toEqual([
      "wait web for seed service_completed_successfully",
    ]);
    expect(() => planConditions(project, service, placesOf(project, { db: ["running"] }))).toThrow(
      "web is missing dependency seed",
    );
  });

  test("--wait waits for all, for the end of those others wait to see ended", () => {
    const project = projectOf({
      web: { depends_on: needs("seed", "service_completed_successfully") },
      seed: {},
    });
    expect(lines(project, { web: ["running"], seed: ["running"] }, true)).toEqual([
      "wait web for seed service_completed_successfully",
      "wait for web running_or_healthy < wait web for seed service_completed_successfully",
      "wait for seed service_completed_successfully",
    ]);
  });
});

test("a rollout takes the place of a start, when what the service depends on is ready", () => {
  const project = projectOf({ web: { depends_on: needs("db") }, db: {} });
  const replaced = containerOf(project, "web", 1);
  const plan = planStart({
    project,
    containers: placesOf(project, { web: ["running", "created"], db: ["created"] }),
    rolled: new Map([["web", [replaced]]]),
    wait: false,
  });
  expect(planLines(plan)).toEqual(["start db-1", "start web-2 < start db-1", "roll out web < start db-1"]);
});
