import type { PathStat } from "../../../engine/services/containers.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { emptyReply, type Reply, streamReply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";

function pathOf(call: ApiCall): string {
  const path = call.text("path");
  if (path === undefined) throw invalidArgument("bad parameter: path cannot be empty");
  return path;
}

/** Base64 of JSON, because a header is all that a HEAD can answer with. */
function statHeader(stat: PathStat): { "X-Docker-Container-Path-Stat": string } {
  const json = JSON.stringify({
    name: stat.name,
    size: stat.size,
    mode: stat.mode,
    mtime: stat.mtime,
    linkTarget: stat.linkTarget,
  });
  return { "X-Docker-Container-Path-Stat": Buffer.from(json).toString("base64") };
}

export async function headContainersArchive(
  call: ApiCall,
  { containers }: ContainersBackend,
): Promise<Reply> {
  return emptyReply(200, statHeader(await containers.statPath(call.param("name"), pathOf(call))));
}

export async function getContainersArchive(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const { stat, tar } = await containers.getArchive(call.param("name"), pathOf(call));
  return streamReply(200, tar, { "Content-Type": "application/x-tar", ...statHeader(stat) });
}

export async function putContainersArchive(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  await containers.putArchive(call.param("name"), pathOf(call), call.request.body, {
    noOverwriteDirNonDir: call.flag("noOverwriteDirNonDir"),
    copyUidGid: call.flag("copyUIDGID"),
  });
  return emptyReply(200);
}

export async function getContainersExport(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const tar = await containers.export(call.param("name"));
  return streamReply(200, tar, { "Content-Type": "application/octet-stream" });
}
