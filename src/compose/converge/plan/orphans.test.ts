import { expect, test } from "bun:test";
import { observedContainer } from "../../observe/observed-container.ts";
import { projectFromLabels } from "../../observe/project-from-labels.ts";
import { isOrphan } from "./orphans.ts";

const containerOf = (service: string) =>
  observedContainer({
    Id: service,
    Names: [`/p-${service}-1`],
    Labels: { "com.docker.compose.project": "p", "com.docker.compose.service": service },
  });

test("names that every object has are the names of services like others", () => {
  const containers = ["web", "constructor", "__proto__"].map(containerOf);
  const web = projectFromLabels({
    ...{ name: "p", networks: [], volumes: [] },
    containers: containers.slice(0, 1),
  });
  expect(containers.filter((one) => isOrphan(web, one)).map(({ service }) => service)).toEqual([
    "constructor",
    "__proto__",
  ]);
  const all = projectFromLabels({ name: "p", networks: [], volumes: [], containers });
  expect(containers.filter((one) => isOrphan(all, one))).toEqual([]);
});
