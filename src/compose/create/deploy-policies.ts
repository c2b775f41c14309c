import { invalidArgument } from "../../errors/engine-error.ts";
import type { HostConfig } from "../../protocol/generated/types.ts";
import type { Service } from "../model/service.ts";

type Policy = NonNullable<HostConfig["RestartPolicy"]>;

/** `deploy.restart_policy` where there is one, else `restart`. */
export function restartOf({ restart, deploy }: Service): Policy {
  const policy = deploy?.restart_policy;
  if (policy) return { Name: nameOf(policy.condition ?? ""), MaximumRetryCount: policy.max_attempts ?? 0 };
  const [condition = "", attempts] = (restart ?? "").split(":");
  return { Name: nameOf(condition), MaximumRetryCount: Number.parseInt(attempts ?? "0", 10) || 0 };
}

/** Words of swarm and of the engine, in the engine's. */
function nameOf(condition: string): NonNullable<Policy["Name"]> {
  switch (condition) {
    case "none":
    case "no":
      return "no";
    case "any":
    case "always":
      return "always";
    case "":
    case "on-failure":
    case "unless-stopped":
      return condition;
    default:
      throw invalidArgument(
        `invalid restart policy: unknown policy '${condition}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
      );
  }
}
