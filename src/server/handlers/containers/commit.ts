import { invalidArgument } from "../../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { referenceOf } from "../../wire/image-reference.ts";

export async function postCommit(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const container = call.text("container");
  if (container === undefined) throw invalidArgument("container name or ID cannot be empty");
  const config = await call.body("ImageCommit");
  const { id } = await containers.commit({
    container,
    reference: referenceOf(call.text("repo"), call.text("tag")),
    comment: call.text("comment") ?? "",
    author: call.text("author") ?? "",
    pause: call.flag("pause", true),
    changes: call.list("changes"),
    config: Object.keys(config).length === 0 ? undefined : config,
  });
  return jsonReply(201, { Id: id });
}
