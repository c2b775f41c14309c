import type { BuildResult, BuildService } from "../../../engine/services/builds.ts";
import { EngineError, messageOf } from "../../../errors/engine-error.ts";
import { emptyReply, type Reply } from "../../../http/reply.ts";
import type { BuildMessage } from "../../../protocol/build-messages.ts";
import type { ApiCall } from "../../api-call.ts";
import { logBug } from "../../errors/to-status.ts";
import { jsonLines, lateJsonLines } from "../../json-lines.ts";
import { buildOrder } from "./build-order.ts";
import { ClassicLines } from "./classic-lines.ts";
import { EventLines } from "./event-lines.ts";
import { placeWithLines } from "./source-lines.ts";

/** `progress=events` answers with BuildMessages, everything else with the classic builder's words. */
// trail: build
export async function postBuild(call: ApiCall, builds: BuildService): Promise<Reply> {
  const order = buildOrder(call);
  if (call.text("progress") === "events") return withEvents(call, builds, order);
  return call.flag("q") ? quietly(call, builds, order) : inWords(call, builds, order);
}

export async function postBuildCancel(call: ApiCall, builds: BuildService): Promise<Reply> {
  const id = call.text("id");
  if (id !== undefined) builds.cancel(id);
  return emptyReply(200);
}

type Order = ReturnType<typeof buildOrder>;
type Send = (line: object) => Promise<void>;

async function inWords(call: ApiCall, builds: BuildService, order: Order): Promise<Reply> {
  return await lateJsonLines(call.request, async (send, signal) => {
    await classic(call, builds, order, send, signal);
  });
}

/** Lines of a quiet build that may be wanted, of at most 64 KiB each: a command may write for ever. */
const mostKept = 1000;

/** What it would have said comes out when it fails. */
async function quietly(call: ApiCall, builds: BuildService, order: Order): Promise<Reply> {
  return await lateJsonLines(call.request, async (send, signal) => {
    const kept: object[] = [];
    let clipped = false;
    const keep = async (line: object) => {
      kept.push(line);
      if (kept.length <= mostKept) return;
      kept.shift();
      clipped = true;
    };
    try {
      const result = await classic(call, builds, order, keep, signal);
      await send({ stream: `${result.imageId ?? ""}\n` });
    } catch (error) {
      if (clipped) await send({ stream: "[output clipped: its beginning was left out]\n" });
      for (const line of kept) await send(line);
      throw error;
    }
  });
}

async function classic(
  call: ApiCall,
  builds: BuildService,
  order: Order,
  send: Send,
  signal: AbortSignal,
): Promise<BuildResult> {
  const lines = new ClassicLines(send, {
    remove: call.flag("rm", true),
    forceRemove: call.flag("forcerm"),
    noCache: order.noCache === true,
    reached: builds.reached,
  });
  try {
    const result = await builds.build({ ...order, onEvent: lines.add, onShell: undefined, signal });
    if (result.imageId !== undefined) lines.finish(result.imageId, order.tags);
    return result;
  } catch (error) {
    lines.fail();
    throw builds.classicError(error);
  } finally {
    await lines.sent();
  }
}

/** Whatever comes, the last line says how it ended. */
function withEvents(call: ApiCall, builds: BuildService, order: Order): Reply {
  const wantsShell = call.text("onerror") === "shell";
  return jsonLines(call.request.id, async (send, signal) => {
    const lines = new EventLines(send);
    const onShell = (step: number) => lines.line({ type: "shell", step });
    try {
      const result = await builds.build({
        ...order,
        onEvent: lines.add,
        onShell: wantsShell ? onShell : undefined,
        signal,
      });
      const { imageId, metadata, failedChecks } = result;
      lines.line({
        type: "result",
        ...(imageId !== undefined && { image: imageId }),
        metadata,
        failedChecks,
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof EngineError)) logBug(error, call.request.id);
      lines.line(errorMessage(builds, error, lines.failed));
    }
    await lines.sent();
  });
}

function errorMessage(builds: BuildService, error: unknown, step: number | undefined): BuildMessage {
  const place = builds.placeOf(error);
  return {
    type: "error",
    message: messageOf(error),
    ...(step !== undefined && { step }),
    ...(place && placeWithLines(place.file, place.range)),
    ...(place?.hint !== undefined && { hint: place.hint }),
  };
}
