import { invalidArgument } from "../../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import { isObject, parseBody } from "../../../protocol/validate.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { restartPolicy } from "../../wire/host-config.ts";
import { changedLimits } from "../../wire/resource-limits.ts";

export async function postContainersUpdate(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const json = await call.json();
  const { RestartPolicy, ...limits } = await parseBody("ContainerUpdate", json);
  const labels = labelChange(json);
  const { warnings } = await containers.update(call.param("name"), {
    hostConfig: {
      ...changedLimits(limits),
      ...(RestartPolicy?.Name && { RestartPolicy: restartPolicy(RestartPolicy) }),
    },
    ...(labels && { labels }),
  });
  return jsonReply(200, { Warnings: [...warnings] });
}

/** `Labels` is an extension of ours, not in the API file: a text sets one, null takes it away. */
function labelChange(json: unknown): Record<string, string | null> | undefined {
  const labels = isObject(json) ? json.Labels : undefined;
  if (labels === undefined || labels === null) return undefined;
  if (!isObject(labels)) throw invalidArgument("invalid JSON: Labels must be an object");
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => {
      if (value !== null && typeof value !== "string") {
        throw invalidArgument(`invalid JSON: Labels[${JSON.stringify(name)}] must be a string or null`);
      }
      return [name, value];
    }),
  );
}
