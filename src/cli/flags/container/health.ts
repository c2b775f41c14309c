import { invalidArgument } from "../../../errors/engine-error.ts";
import { booleanFlag, type FlagValues, integerFlag, stringFlag } from "../flag.ts";
import { durationFlag } from "./number-flags.ts";

export const healthFlags = {
  "health-cmd": stringFlag("Command to run to check health"),
  "health-interval": durationFlag("Time between running the check (ms|s|m|h)"),
  "health-retries": integerFlag("Consecutive failures needed to report unhealthy"),
  "health-start-interval": durationFlag("Time between running the check during the start period (ms|s|m|h)"),
  "health-start-period": durationFlag(
    "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)",
  ),
  "health-timeout": durationFlag("Maximum time to allow one check to run (ms|s|m|h)"),
  "no-healthcheck": booleanFlag("Disable any container-specified HEALTHCHECK"),
};

/** What is not said stays as the image has it. */
export function healthOf(values: FlagValues<typeof healthFlags>) {
  const command = values["health-cmd"];
  const settings = {
    Interval: values["health-interval"],
    Timeout: values["health-timeout"],
    Retries: values["health-retries"],
    StartPeriod: values["health-start-period"],
    StartInterval: values["health-start-interval"],
  };
  const said = Object.entries(settings).filter(([, value]) => value !== 0);
  const any = command !== "" || said.length > 0;
  if (values["no-healthcheck"]) {
    if (any) throw invalidArgument("--no-healthcheck conflicts with --health-* options");
    return { Healthcheck: { Test: ["NONE"] } };
  }
  if (!any) return {};
  for (const name of ["interval", "timeout", "retries", "start-period", "start-interval"] as const) {
    if (values[`health-${name}`] < 0) throw invalidArgument(`--health-${name} cannot be negative`);
  }
  return {
    Healthcheck: {
      ...(command !== "" && { Test: ["CMD-SHELL", command] }),
      ...Object.fromEntries(said),
    },
  };
}
