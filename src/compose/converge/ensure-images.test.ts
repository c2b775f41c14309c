import { expect, test } from "bun:test";
import { projectOf } from "../../../tests/fakes/compose-situation.ts";
import type { ImageInspect } from "../../protocol/generated/types.ts";
import type { Service } from "../model/service.ts";
import { imageNeeds, serviceImages } from "./ensure-images.ts";

const now = Date.parse("2024-01-10T00:00:00Z");
const image = (more: ImageInspect = {}): ImageInspect => ({
  Id: "sha256:1",
  Os: "linux",
  Architecture: "amd64",
  ...more,
});

function needsOf(
  service: Omit<Service, "name">,
  found: ImageInspect | undefined,
  build: "missing" | "never" = "missing",
) {
  const project = projectOf({ web: service });
  const name = service.image ?? (service.build ? "shop-web" : "busybox");
  const { pulls, builds } = imageNeeds(project, new Map([[name, found]]), { build }, now);
  return { pulls: [...pulls.keys()], builds };
}

const nothing = { pulls: [], builds: [] };
const pulled = { pulls: ["busybox"], builds: [] };

test("what is missing is pulled, or built where only that is possible", () => {
  expect(needsOf({}, image())).toEqual(nothing);
  expect(needsOf({}, undefined)).toEqual(pulled);
  const built = { image: "mine", build: { context: "/x" } };
  expect(needsOf(built, undefined)).toEqual({ pulls: ["mine"], builds: [] });
  const project = projectOf({ web: { build: { context: "/x" } } });
  const { image: _, ...web } = project.services.web ?? { name: "web" };
  const own = { ...project, services: { web } };
  expect(imageNeeds(own, new Map(), { build: "missing" }, now).builds).toEqual(["web"]);
  expect(imageNeeds(own, new Map(), { build: "never" }, now).builds).toEqual([]);
});

test("policies say otherwise", () => {
  expect(needsOf({ pull_policy: "always" }, image())).toEqual(pulled);
  expect(needsOf({ pull_policy: "never" }, undefined)).toEqual(nothing);
  expect(needsOf({ pull_policy: "if_not_present" }, image())).toEqual(nothing);
  const build = { image: "mine", build: { context: "/x" }, pull_policy: "build" };
  expect(needsOf(build, image())).toEqual({ pulls: [], builds: ["web"] });
});

test("what is older than the policy allows is pulled anew", () => {
  const tagged = (LastTagTime: string) => image({ Metadata: { LastTagTime } });
  const yesterday = tagged("2024-01-08T23:00:00Z");
  expect(needsOf({ pull_policy: "daily" }, yesterday)).toEqual(pulled);
  expect(needsOf({ pull_policy: "weekly" }, yesterday)).toEqual(nothing);
  expect(needsOf({ pull_policy: "every_2d" }, yesterday)).toEqual(nothing);
  expect(needsOf({ pull_policy: "every_1d1h30m" }, yesterday)).toEqual(nothing);
  expect(needsOf({ pull_policy: "every_12h" }, yesterday)).toEqual(pulled);
  expect(() => needsOf({ pull_policy: "every_day" }, yesterday)).toThrow("invalid duration");
});

test("an image for another platform counts as none", () => {
  expect(needsOf({ platform: "linux/arm64" }, image())).toEqual(pulled);
  expect(needsOf({ platform: "linux/amd64" }, image())).toEqual(nothing);
});

test("images of volumes are pulled as well", () => {
  const volumes = [{ type: "image", source: "data:1", target: "/data" }];
  const project = projectOf({ web: { volumes } });
  const needs = imageNeeds(project, new Map([["busybox", image()]]), { build: "missing" }, now);
  expect([...needs.pulls.keys()]).toEqual(["data:1"]);
});

test("a service with neither is refused in Docker's words", () => {
  const project = projectOf({});
  const bare = { ...project, services: { web: { name: "web" } } };
  expect(() => imageNeeds(bare, new Map(), { build: "missing" }, now)).toThrow(
    'invalid service "web". Must specify either image or build',
  );
});

test("what a service runs has its id and the volumes it declares", () => {
  const project = projectOf({ web: {}, db: { image: "gone" } });
  const found = new Map([["busybox", image({ Config: { Volumes: { "/data": {} } } })]]);
  expect([...serviceImages(project, found)]).toEqual([["web", { id: "sha256:1", volumes: ["/data"] }]]);
});
