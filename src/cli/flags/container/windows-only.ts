import { invalidArgument } from "../../../errors/engine-error.ts";
import { type FlagSet, integerFlag } from "../flag.ts";
import { bytesFlag, unsignedFlag } from "./number-flags.ts";

/** Known, so that who uses them learns why they do not work. */
export const windowsFlags = {
  "cpu-count": integerFlag("CPU count (Windows only)"),
  "cpu-percent": integerFlag("CPU percent (Windows only)"),
  "io-maxbandwidth": bytesFlag("Maximum IO bandwidth limit for the system drive (Windows only)"),
  "io-maxiops": unsignedFlag("Maximum IOps limit for the system drive (Windows only)", "uint", 64),
} satisfies FlagSet;

export function refuseWindowsFlags(given: ReadonlySet<string>): void {
  const wrong = Object.keys(windowsFlags).filter((name) => given.has(name));
  if (wrong.length === 0) return;
  throw invalidArgument(
    wrong
      .map(
        (name) =>
          `"--${name}" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux`,
      )
      .join("\n"),
  );
}
