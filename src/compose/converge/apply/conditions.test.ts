import { describe, expect, test } from "bun:test";
import type { ContainerInspectResponse, ContainerState } from "../../../protocol/generated/types.ts";
import { standingOf } from "./conditions.ts";

const of = (State: ContainerState): ContainerInspectResponse => ({ Name: "/shop-db-1", State });
const running = of({ Status: "running" });
const healthOf = (Status: "healthy" | "starting" | "unhealthy") =>
  of({ Status: "running", Health: { Status } });

describe("healthy", () => {
  test("means all of them", () => {
    const both = [healthOf("healthy"), healthOf("starting")];
    expect(standingOf("db", both, "service_healthy")).toBeUndefined();
    expect(standingOf("db", [healthOf("healthy"), healthOf("healthy")], "service_healthy")).toBe("healthy");
  });

  test("cannot come any more where one is unhealthy, has ended or has no check: Docker's words", () => {
    const fails = (container: ContainerInspectResponse) => () =>
      standingOf("db", [container], "service_healthy");
    expect(fails(healthOf("unhealthy"))).toThrow("container shop-db-1 is unhealthy");
    expect(fails(of({ Status: "exited", ExitCode: 3 }))).toThrow("container shop-db-1 exited (3)");
    expect(fails(running)).toThrow("container shop-db-1 has no healthcheck configured");
  });

  test("or running, where there is no check", () => {
    const mixed = [running, healthOf("healthy")];
    expect(standingOf("db", mixed, "running_or_healthy")).toBe("healthy");
    expect(standingOf("db", [running, healthOf("starting")], "running_or_healthy")).toBeUndefined();
    expect(standingOf("db", [of({ Status: "restarting" })], "running_or_healthy")).toBeUndefined();
  });
});

describe("completed", () => {
  const ended = (ExitCode: number) => of({ Status: "exited", ExitCode });

  test("means all ended with 0", () => {
    const standing = (...all: ContainerInspectResponse[]) =>
      standingOf("seed", all, "service_completed_successfully");
    expect(standing(ended(0), running)).toBeUndefined();
    expect(standing(ended(0), ended(0))).toBe("exited");
    expect(() => standing(running, ended(2))).toThrow(`"seed" didn't complete successfully: exit 2`);
  });
});
