import { expect, test } from "bun:test";
import { internal, messageOf } from "../../errors/engine-error.ts";
import type { Service } from "../model/service.ts";
import { explainedPortConflict, standsInTheWay } from "./port-conflict.ts";

const refusal = internal("Bind for 0.0.0.0:5000 failed: port is already allocated");
const web = (replicas: number, published = "5000"): Service => ({
  name: "web",
  ports: [{ target: 5440, published }],
  deploy: { replicas },
});
const told = (error: unknown, service: Service) => messageOf(explainedPortConflict(error, service));

test("replicas that cannot share a port are told what helps", () => {
  expect(told(refusal, web(3))).toBe(`Bind for 0.0.0.0:5000 failed: port is already allocated
service "web" has 3 replicas and one host port, 5000: this engine gives a port to one container only. A Hull engine shares it among them; here, publish a range ("5000-5002:5440"), no host port at all ("5440"), or a proxy in front of the replicas`);
});

test("nothing is added where it would not help", () => {
  for (const service of [web(1), web(3, "5000-5001")]) {
    expect(explainedPortConflict(refusal, service)).toBe(refusal);
  }
  const byHull = internal(`${refusal.message} (it is held by container "other")`);
  expect(explainedPortConflict(byHull, web(3))).toBe(byHull);
  const other = internal("no such image");
  expect(explainedPortConflict(other, web(3))).toBe(other);
});

test("who stands in the way of a successor", () => {
  expect(
    [refusal, internal("Address already in use"), internal("no such image")].map(standsInTheWay),
  ).toEqual([true, true, false]);
});
