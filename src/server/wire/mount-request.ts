import { invalidArgument, notImplemented } from "../../errors/engine-error.ts";
import type { RequestBody } from "../../protocol/validate.ts";
import type { MountRequest } from "../../records/container-config.ts";

type Body = NonNullable<NonNullable<RequestBody<"ContainerCreate">["HostConfig"]>["Mounts"]>[number];

/** One `--mount`. Whether its options fit its type is for the engine to say. */
export function mountRequest(body: Body): MountRequest {
  return {
    Type: mountType(body.Type ?? ""),
    ...(body.Source && { Source: body.Source }),
    Target: body.Target ?? "",
    ...(body.ReadOnly && { ReadOnly: body.ReadOnly }),
    ...(body.Consistency && { Consistency: body.Consistency }),
    ...(body.BindOptions && { BindOptions: body.BindOptions }),
    ...(body.VolumeOptions && { VolumeOptions: body.VolumeOptions }),
    ...(body.TmpfsOptions && { TmpfsOptions: body.TmpfsOptions }),
  };
}

function mountType(type: string): MountRequest["Type"] {
  switch (type) {
    case "bind":
    case "volume":
    case "tmpfs":
      return type;
    case "image":
    case "cluster":
      throw notImplemented(`mounts of type ${JSON.stringify(type)} are not supported`);
    default:
      throw invalidArgument(`invalid mount config for type ${JSON.stringify(type)}: mount type unknown`);
  }
}
