import { invalidArgument } from "../../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import { isObject, parseBody } from "../../../protocol/validate.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { containerConfig, isEmptyConfig } from "../../wire/container-config.ts";
import { endpointRequests } from "../../wire/endpoint-request.ts";
import { hostConfig } from "../../wire/host-config.ts";
import { parsePlatform } from "../../wire/platform.ts";

// trail: run -p, compose up
// trail: run -v
export async function postContainersCreate(
  call: ApiCall,
  { containers, defaults }: ContainersBackend,
): Promise<Reply> {
  const json = await call.json();
  const body = await parseBody("ContainerCreate", json);
  if (isEmptyConfig(body)) throw invalidArgument("config cannot be empty in order to create a container");
  refuseKernelMemory(json);
  const { id, warnings } = await containers.create({
    name: call.text("name")?.replace(/^\//, ""),
    // Older clients choose the platform when they pull.
    platform: call.atLeast("1.41") ? parsePlatform(call.text("platform")) : undefined,
    config: containerConfig(body),
    hostConfig: hostConfig(body.HostConfig ?? {}, defaults, call.version),
    endpoints: endpointRequests(body.NetworkingConfig),
    macAddress: body.MacAddress || undefined,
  });
  return jsonReply(201, { Id: id, Warnings: [...warnings] });
}

/** Gone from the API since 1.42, so the parser drops it; a limit that does not limit must not pass. */
function refuseKernelMemory(json: unknown): void {
  const host = isObject(json) ? json.HostConfig : undefined;
  if (isObject(host) && host.KernelMemory) {
    throw invalidArgument("invalid option KernelMemory: kernel memory limits are not supported any more");
  }
}
