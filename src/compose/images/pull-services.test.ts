import { expect, test } from "bun:test";
import type { Service } from "../model/service.ts";
import { planPulls } from "./pull-services.ts";

const facts = {
  policy: "",
  ignoreBuildable: false,
  present: new Map([
    ["app:1", {}],
    ["app", {}],
  ]),
};
const plan = (services: readonly Service[], more: Partial<typeof facts> = {}) =>
  planPulls(services, { ...facts, ...more }).map((one) =>
    one.kind === "pull" ? `pull ${one.image}` : one.why,
  );

test("every image once, and the reason why the others are not pulled", () => {
  expect(
    plan([
      { name: "a", image: "busybox" },
      { name: "b", image: "busybox" },
      { name: "c", build: { context: "." } },
      { name: "d", image: "app:1", pull_policy: "missing" },
      { name: "e", image: "app", pull_policy: "missing" },
      { name: "f", image: "other", pull_policy: "never" },
      { name: "g", image: "app:1" },
    ]),
  ).toEqual([
    "pull busybox",
    "Skipped - Image is already being pulled by a",
    "Skipped - No image to be pulled",
    "Skipped - Image is already present locally",
    "pull app",
    "Skipped",
    "pull app:1",
  ]);
});

test("--policy and --ignore-buildable come before what services say", () => {
  const services: Service[] = [
    { name: "a", image: "app:1", pull_policy: "always" },
    { name: "b", image: "built", build: { context: "." } },
  ];
  expect(plan(services, { policy: "missing" })).toEqual([
    "Skipped - Image is already present locally",
    "pull built",
  ]);
  expect(plan(services, { ignoreBuildable: true })).toEqual(["pull app:1", "Skipped - Image can be built"]);
});
