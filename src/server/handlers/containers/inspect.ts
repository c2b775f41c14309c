import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { inspectContainer } from "../../wire/container.ts";

export async function getContainersByName(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const view = await containers.inspect(call.param("name"), call.flag("size"));
  return jsonReply(200, inspectContainer(view, call.version));
}

export async function getContainersTop(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const { titles, processes } = await containers.top(call.param("name"), call.text("ps_args") ?? "-ef");
  return jsonReply(200, { Titles: titles, Processes: processes });
}

export async function getContainersChanges(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const changes = await containers.changes(call.param("name"));
  return jsonReply(
    200,
    changes.map(({ path, kind }) => ({ Path: path, Kind: kind })),
  );
}
