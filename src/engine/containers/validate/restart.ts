import type { RestartPolicy } from "../../../records/container-config.ts";
import { refuse } from "./draft.ts";

const names = ["no", "always", "on-failure", "unless-stopped", "on-unhealthy"];

/** An empty name with any count is what old clients send for `no`. */
export function checkRestartPolicy({ Name: name, MaximumRetryCount: count }: RestartPolicy): void {
  switch (name) {
    case "":
      return;
    case "no":
    case "always":
    case "unless-stopped":
      if (count === 0) return;
      throw refuse(
        `invalid restart policy: maximum retry count can only be used with 'on-failure' or 'on-unhealthy'${
          count < 0 ? " and cannot be negative" : ""
        }`,
      );
    case "on-failure":
    case "on-unhealthy":
      if (count >= 0) return;
      throw refuse("invalid restart policy: maximum retry count cannot be negative");
    default: {
      name satisfies never;
      const known = names.map((known) => `'${known}'`);
      const list = `${known.slice(0, -1).join(", ")}, or ${known.at(-1)}`;
      throw refuse(`invalid restart policy: unknown policy '${String(name)}'; use one of ${list}`);
    }
  }
}
