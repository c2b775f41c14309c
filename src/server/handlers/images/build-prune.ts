import { jsonReply, type Reply } from "../../../http/reply.ts";

/** Nothing is built here yet, so there is no cache: `system prune` asks for this all the same. */
export async function postPruneBuildCache(): Promise<Reply> {
  return jsonReply(200, { CachesDeleted: [], SpaceReclaimed: 0 });
}
