import { expect, test } from "bun:test";
import { labels } from "../labels.ts";
import { observedContainer } from "./observed-container.ts";
import { projectFromLabels } from "./project-from-labels.ts";

const container = (service: string, number: number, dependsOn = "") =>
  observedContainer({
    Id: `${service}${number}`.padEnd(64, "0"),
    Names: [`/linked/${service}`, `/shop-${service}-${number}`],
    Image: "busybox",
    State: "running",
    Labels: {
      [labels.service]: service,
      [labels.number]: String(number),
      [labels.oneOff]: "False",
      [labels.dependsOn]: dependsOn,
    },
  });

test("services, their numbers and their order are read from labels", () => {
  const project = projectFromLabels({
    name: "shop",
    containers: [
      container("web", 1, "db:service_healthy:true,gone:service_started:false"),
      container("web", 2, "db:service_healthy:true,gone:service_started:false"),
      container("db", 1),
      container("old", 1, "db"),
    ],
    networks: [{ Id: "n", Name: "shop_front", Labels: { [labels.network]: "front" } }],
    volumes: [],
  });
  expect(project.services.web).toEqual({
    name: "web",
    image: "busybox",
    scale: 2,
    depends_on: { db: { condition: "service_healthy", restart: true, required: false } },
  });
  expect(project.services.old?.depends_on).toEqual({
    db: { condition: "service_started", restart: true, required: false },
  });
  expect(project.networks).toEqual({ front: { name: "shop_front" } });
});

test("links of other containers are no names of this one", () => {
  expect(container("web", 1).name).toBe("shop-web-1");
});
