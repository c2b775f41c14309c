import type { VolumeService } from "../../../engine/services/volumes.ts";
import { notImplemented } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import { wireVolume } from "../../wire/volume.ts";

export async function getVolumesList(call: ApiCall, volumes: VolumeService): Promise<Reply> {
  const views = await volumes.list(call.filters(["dangling", "driver", "label", "name"]));
  return jsonReply(200, { Volumes: views.map(wireVolume), Warnings: null });
}

export async function getVolumeByName(call: ApiCall, volumes: VolumeService): Promise<Reply> {
  return jsonReply(200, wireVolume(await volumes.inspect(call.param("name"))));
}

export async function postVolumesCreate(call: ApiCall, volumes: VolumeService): Promise<Reply> {
  const body = await call.body("VolumeCreate");
  if (body.ClusterVolumeSpec) throw notImplemented("cluster volumes are not supported");
  const view = await volumes.create({
    name: body.Name ?? "",
    driver: body.Driver || "local",
    labels: body.Labels ?? {},
    options: body.DriverOpts ?? {},
  });
  return jsonReply(201, wireVolume(view));
}

export async function deleteVolumes(call: ApiCall, volumes: VolumeService): Promise<Reply> {
  await volumes.remove(call.param("name"), call.flag("force"));
  return emptyReply(204);
}

export async function postVolumesPrune(call: ApiCall, volumes: VolumeService): Promise<Reply> {
  const filters = new Map(call.filters(["all", "label", "label!"]));
  // Named volumes are spared since 1.42 only.
  if (!call.atLeast("1.42")) filters.set("all", ["true"]);
  const report = await volumes.prune(filters);
  return jsonReply(200, {
    VolumesDeleted: report.deleted.length === 0 ? null : [...report.deleted],
    SpaceReclaimed: report.spaceReclaimed,
  });
}
