import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";

export async function postContainersStart(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  if (call.request.hasBody) {
    // Long ago a start carried the host configuration; `{}` and `null` are what clients still send.
    const bytes = await call.request.bytes(64 * 1024);
    if (bytes.length > 7) {
      throw invalidArgument(
        "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24",
      );
    }
  }
  if (call.text("checkpoint") !== undefined) throw notImplemented("checkpoints are not supported");
  await containers.start(call.param("name"));
  return emptyReply(204);
}

/** `t` seconds until the kill, and since 1.42 the signal to begin with. */
function stopOptions(call: ApiCall): { signal?: string; timeout?: number } {
  const timeout = call.integer("t");
  const signal = call.atLeast("1.42") ? call.text("signal") : undefined;
  return { ...(timeout !== undefined && { timeout }), ...(signal !== undefined && { signal }) };
}

// trail: compose rollout
export async function postContainersStop(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const drain = call.integer("drain");
  await containers.stop(call.param("name"), { ...stopOptions(call), ...(drain !== undefined && { drain }) });
  return emptyReply(204);
}

export async function postContainersRestart(
  call: ApiCall,
  { containers }: ContainersBackend,
): Promise<Reply> {
  await containers.restart(call.param("name"), stopOptions(call));
  return emptyReply(204);
}

export async function postContainersKill(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  await containers.kill(call.param("name"), call.text("signal") ?? "SIGKILL");
  return emptyReply(204);
}

export async function postContainersPause(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  await containers.pause(call.param("name"));
  return emptyReply(204);
}

export async function postContainersUnpause(
  call: ApiCall,
  { containers }: ContainersBackend,
): Promise<Reply> {
  await containers.unpause(call.param("name"));
  return emptyReply(204);
}

export async function postContainersRename(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const name = call.text("name");
  if (name === undefined) throw invalidArgument("Neither old nor new names may be empty");
  await containers.rename(call.param("name"), name.replace(/^\//, ""));
  return emptyReply(204);
}

export async function deleteContainers(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  await containers.remove(call.param("name"), {
    force: call.flag("force"),
    volumes: call.flag("v"),
    link: call.flag("link"),
  });
  return emptyReply(204);
}

export async function postContainersPrune(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const report = await containers.prune(call.filters(["label", "label!", "until"]));
  return jsonReply(200, {
    ContainersDeleted: report.deleted.length === 0 ? null : [...report.deleted],
    SpaceReclaimed: report.spaceReclaimed,
  });
}
