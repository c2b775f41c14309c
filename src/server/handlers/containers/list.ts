import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { summarizeContainer } from "../../wire/container.ts";

export const containerFilters = [
  "ancestor",
  "before",
  "exited",
  "expose",
  "health",
  "id",
  "is-task",
  "isolation",
  "label",
  "name",
  "network",
  "publish",
  "since",
  "status",
  "volume",
] as const;

export async function getContainersJson(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const views = await containers.list({
    all: call.flag("all"),
    limit: call.integer("limit") ?? 0,
    size: call.flag("size"),
    filters: call.filters(containerFilters),
  });
  return jsonReply(
    200,
    views.map((view) => summarizeContainer(view, call.version)),
  );
}
