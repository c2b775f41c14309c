import { invalidArgument } from "../../../errors/engine-error.ts";
import { type Reply, streamReply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { streamContentType } from "../../wire/stream-types.ts";

// trail: logs -f
export async function getContainersLogs(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const stdout = call.flag("stdout");
  const stderr = call.flag("stderr");
  if (!stdout && !stderr) throw invalidArgument("Bad parameters: you must choose at least one stream");
  const query = {
    stdout,
    stderr,
    since: call.time("since") ?? 0,
    until: call.time("until") ?? 0,
    tail: tailOf(call.text("tail")),
    timestamps: call.flag("timestamps"),
    details: call.flag("details"),
  };
  const { terminal, output } = await containers.logs(call.param("name"), query, {
    follow: call.flag("follow"),
    signal: call.request.signal,
  });
  return streamReply(200, output, { "Content-Type": streamContentType(call, terminal) });
}

/** Anything that is no number means all lines, `all` among it. */
function tailOf(text: string | undefined): number {
  const count = text !== undefined && /^\d+$/.test(text) ? Number(text) : -1;
  return Number.isSafeInteger(count) ? count : -1;
}
