import type { BuildService } from "../../../engine/services/builds.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
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
