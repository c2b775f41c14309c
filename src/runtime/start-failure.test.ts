import { describe, expect, test } from "bun:test";
import { exitCodeOf, normalise, startError, startFailureOf } from "./start-failure.ts";

describe("normalise gives one shape to", () => {
  const cases: readonly [what: string, from: Parameters<typeof normalise>, to: string][] = [
    [
      "runc, not found",
      [
        "create",
        "runc",
        'runc run failed: unable to start container process: exec: "x": executable file not found in $PATH',
        "x",
      ],
      'runc create failed: unable to start container process: exec: "x": executable file not found in $PATH',
    ],
    [
      "crun, not found by name",
      ["create", "crun", "executable file `x` not found in $PATH: No such file or directory", "x"],
      'crun create failed: unable to start container process: exec: "x": executable file not found in $PATH',
    ],
    [
      "crun, not found by path",
      ["exec", "crun", "executable file `/x` not found: No such file or directory", "/x"],
      'exec failed: unable to start container process: exec: "/x": stat /x: no such file or directory',
    ],
    [
      "crun, not executable",
      ["create", "crun", "open executable: Permission denied", "/etc/passwd"],
      'crun create failed: unable to start container process: exec: "/etc/passwd": permission denied',
    ],
    [
      "crun, anything else",
      ["create", "crun", "writing file `cpuset.cpus`: Numerical result out of range", "x"],
      "crun create failed: writing file `cpuset.cpus`: numerical result out of range",
    ],
    ["silence", ["create", "runc", "", "x"], "runc ended without a reason"],
  ];
  for (const [what, from, to] of cases) test(what, () => expect(normalise(...from)).toBe(to));
});

test("exitCodeOf follows the docker CLI's reading of the words", () => {
  expect(exitCodeOf('exec: "x": executable file not found in $PATH')).toBe(127);
  expect(exitCodeOf("stat /x: no such file or directory")).toBe(127);
  expect(exitCodeOf('exec: "/etc": permission denied')).toBe(126);
  expect(exitCodeOf("error setting rlimit")).toBe(128);
});

test("startError keeps Docker's words in the message and ours beside it", () => {
  const { error } = startError(
    "create",
    "runc",
    "runc run failed: open /x: no such file or directory",
    "x",
    "why",
  );
  expect(error.message).toBe(
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: open /x: no such file or directory: unknown",
  );
  expect(startFailureOf(error)).toEqual({ exitCode: 127, diagnosis: "why" });
  expect(startFailureOf(new Error("other"))).toBeUndefined();
});
