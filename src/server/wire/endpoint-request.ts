import type { RequestBody } from "../../protocol/validate.ts";
import type { EndpointRequest } from "../../records/container-config.ts";
import { networkMode } from "./host-config.ts";

type Body = NonNullable<RequestBody<"NetworkConnect">["EndpointConfig"]>;

/** What a client wishes of one network; the addresses it may repeat from an inspect are no wish. */
export function endpointRequest(body: Body): EndpointRequest {
  return {
    IPAMConfig: body.IPAMConfig ?? null,
    Links: body.Links ?? null,
    Aliases: body.Aliases ?? null,
    ...(body.MacAddress && { MacAddress: body.MacAddress }),
    DriverOpts: body.DriverOpts ?? null,
    ...(body.GwPriority !== undefined && { GwPriority: body.GwPriority }),
  };
}

export function endpointRequests(
  body: RequestBody<"ContainerCreate">["NetworkingConfig"],
): Record<string, EndpointRequest> {
  return Object.fromEntries(
    Object.entries(body?.EndpointsConfig ?? {}).map(([network, endpoint]) => [
      networkMode(network),
      endpointRequest(endpoint),
    ]),
  );
}
