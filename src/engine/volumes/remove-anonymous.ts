import { isKind, messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";
import { removeVolume, usersOf } from "./service.ts";

/** Removes a container's anonymous volumes that no other container uses (`rm -v`, `--rm`). */
export async function removeAnonymousVolumes(context: EngineContext, record: ContainerRecord): Promise<void> {
  for (const mount of record.mounts) {
    if (!mount.anonymous || mount.type !== "volume") continue;
    if (usersOf(context, mount.name).some((user) => user !== record.id)) continue;
    try {
      await removeVolume(context, mount.name, { force: false, exceptUser: record.id });
    } catch (error) {
      if (isKind(error, "not_found")) continue;
      log.warn(`remove anonymous volume: ${messageOf(error)}`, { volume: mount.name });
    }
  }
}
