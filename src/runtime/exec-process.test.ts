import { expect, test } from "bun:test";
import { execOptionsFor } from "../../tests/fakes/task-options.ts";
import type { RuntimeSpec } from "../oci/runtime-spec.ts";
import { planExec } from "./exec-process.ts";

const bounding = ["CAP_CHOWN", "CAP_KILL"];
const container: RuntimeSpec = {
  ociVersion: "1.0.2",
  process: {
    terminal: true,
    user: { uid: 0, gid: 0, additionalGids: [0] },
    args: ["sleep"],
    env: ["A=container"],
    cwd: "/work",
    capabilities: { bounding, effective: bounding, permitted: bounding },
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 1, hard: 2 }],
    noNewPrivileges: true,
    oomScoreAdj: 5,
  },
  root: { path: "/" },
  mounts: [],
  linux: { namespaces: [], resources: { devices: [] }, cgroupsPath: "/x" },
};
const accounts = { passwd: "ann:x:1000:1001::/home/ann:/bin/sh\n", group: "" };

test("planExec takes over limits and protections, not the terminal", () => {
  const process = planExec(execOptionsFor(["ls"]), container, accounts, []);
  expect(process).toMatchObject({ args: ["ls"], cwd: "/work", noNewPrivileges: true, oomScoreAdj: 5 });
  expect(process.terminal).toBeUndefined();
  expect(process.capabilities?.effective).toEqual(bounding);
  expect(process.rlimits).toEqual([{ type: "RLIMIT_NOFILE", soft: 1, hard: 2 }]);
});

test("planExec for another user keeps the bounding set only", () => {
  const process = planExec(
    execOptionsFor(["ls"], { user: "ann", workingDir: "/tmp" }),
    container,
    accounts,
    [],
  );
  expect(process.user).toEqual({ uid: 1000, gid: 1001, additionalGids: [1001] });
  expect(process.capabilities).toEqual({ bounding, effective: [], permitted: [] });
  expect(process.cwd).toBe("/tmp");
});

test("planExec privileged has what the host has", () => {
  const process = planExec(execOptionsFor(["ls"], { privileged: true }), container, accounts, [
    "CAP_SYS_ADMIN",
  ]);
  expect(process.capabilities?.effective).toEqual(["CAP_SYS_ADMIN"]);
});

test("planExec lets later environment win in place, and a bare name take it away", () => {
  const options = execOptionsFor(["ls"], { tty: true, env: ["A=exec", "PATH"] });
  const process = planExec(
    {
      ...options,
      containerConfig: { ...options.containerConfig, Hostname: "box", Env: ["A=container", "B=2"] },
    },
    container,
    accounts,
    [],
  );
  expect([...process.env].sort()).toEqual(["A=exec", "B=2", "HOSTNAME=box", "TERM=xterm"]);
});
