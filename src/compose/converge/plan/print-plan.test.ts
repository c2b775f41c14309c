import { expect, test } from "bun:test";
import { containerOf, needs, projectOf, situationOf } from "../../../../tests/fakes/compose-situation.ts";
import { planCreate } from "./plan-create.ts";
import { planText } from "./print-plan.ts";

test("a plan says what is done, why, and after what", () => {
  const project = projectOf({ web: { depends_on: needs("db") }, db: {} });
  const there = [
    containerOf(project, "web", 1, { image: "older" }),
    containerOf(project, "web", 2),
    containerOf(project, "db", 1, { hash: "older" }),
  ];
  expect(planText(planCreate(situationOf(project, there)))).toBe(
    ["  recreate db-1: its configuration changed", "  keep web-2", "  remove web-1: scaled down", ""].join(
      "\n",
    ),
  );
});
