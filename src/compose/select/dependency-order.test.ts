import { expect, test } from "bun:test";
import { composeFiles } from "../../../tests/setup/compose-files.ts";
import { dependenciesOf, dependentsOf, findCircle, inDependencyOrder } from "./dependency-order.ts";

const text = `
services:
  web: {image: i, depends_on: [api, cache]}
  api: {image: i, depends_on: [db], links: [cache]}
  job: {image: i, network_mode: "service:api"}
  db: {image: i}
  cache: {image: i}
`;

test("services come in waves, and go in the waves of the reverse order", async () => {
  using files = composeFiles({ "compose.yaml": text });
  const project = await files.project();
  expect(dependenciesOf(project, "api")).toEqual(["cache", "db"]);
  expect(dependentsOf(project, "api")).toEqual(["job", "web"]);
  expect(inDependencyOrder(project)).toEqual([["cache", "db"], ["api"], ["job", "web"]]);
  expect(inDependencyOrder(project, "reverse")).toEqual([["job", "web"], ["api"], ["cache", "db"]]);
  expect(findCircle(project)).toBeUndefined();
});

test("a circle is found, and nobody waits for ever", async () => {
  using files = composeFiles({
    "compose.yaml":
      "services: {a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [a]}, c: {image: i}}\n",
  });
  const project = await files.project({}, { checkConsistency: false });
  expect(findCircle(project)).toEqual(["a", "b", "a"]);
  expect(inDependencyOrder(project)).toEqual([["c"], ["a", "b"]]);
});
