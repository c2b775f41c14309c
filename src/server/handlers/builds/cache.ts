import type { BuildService } from "../../../engine/services/builds.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply, streamReply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";

const filters = [
  ...["until", "unused-for", "id", "parent", "type", "description", "inuse", "shared", "private"],
];

export async function postBuildPrune(call: ApiCall, builds: BuildService): Promise<Reply> {
  const { deleted, reclaimed } = await builds.prune({
    all: call.flag("all"),
    filters: call.filters(filters),
    reservedSpace: call.integer("reserved-space") ?? call.integer("keep-storage") ?? 0,
    maxUsedSpace: call.integer("max-used-space") ?? 0,
    minFreeSpace: call.integer("min-free-space") ?? 0,
  });
  return jsonReply(200, { CachesDeleted: deleted, SpaceReclaimed: reclaimed });
}

export async function getBuildMount(call: ApiCall, builds: BuildService): Promise<Reply> {
  const tar = await builds.exportMount(mountId(call), call.request.signal);
  return streamReply(200, tar, { "Content-Type": "application/x-tar" });
}

export async function putBuildMount(call: ApiCall, builds: BuildService): Promise<Reply> {
  await builds.importMount(mountId(call), call.request.body, call.request.signal);
  return emptyReply(204);
}

function mountId(call: ApiCall): string {
  const id = call.text("id");
  if (id === undefined) throw invalidArgument("the id of a cache mount is needed");
  return id;
}
