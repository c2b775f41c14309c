import { parseDuration } from "../../lib/duration.ts";
import type { Healthcheck } from "../../oci/image-config.ts";
import type { HealthcheckInstruction } from "./instruction.ts";

/** What an image keeps of a HEALTHCHECK; what is not said, or 0, is inherited. */
export function healthcheckConfig({ check }: HealthcheckInstruction): Healthcheck {
  if (check === undefined) return { Test: ["NONE"] };
  const { command } = check;
  return {
    Test: command.form === "exec" ? ["CMD", ...command.words] : ["CMD-SHELL", command.line],
    ...pause("Interval", check.interval),
    ...pause("Timeout", check.timeout),
    ...pause("StartPeriod", check.startPeriod),
    ...pause("StartInterval", check.startInterval),
    ...number("Retries", Number(check.retries ?? 0)),
  };
}

const pause = (key: string, text: string | undefined) => number(key, parseDuration(text ?? "0") ?? 0);

const number = (key: string, value: number) => (value === 0 ? {} : { [key]: value });
