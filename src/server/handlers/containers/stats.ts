import type { StatsSample } from "../../../engine/services/containers.ts";
import { isKind } from "../../../errors/engine-error.ts";
import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import { jsonLines } from "../../json-lines.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";
import { wireStats } from "../../wire/stats.ts";

const period = 1000;

/**
 * Each answer carries the sample before it, so that a client can compute a rate: a single
 * answer therefore takes two samples, unless `one-shot` says that a total is enough.
 */
export async function getContainersStats(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const name = call.param("name");
  const first = await containers.stats(name);
  if (call.flag("stream", true)) {
    return jsonLines(call.request.id, async (send, signal) => {
      let before: StatsSample | undefined;
      let now: StatsSample | undefined = first;
      while (now && !signal.aborted) {
        await send(wireStats(now, before));
        before = now;
        await pause(signal);
        now = signal.aborted ? undefined : await sampleUntilRemoved(() => containers.stats(name));
      }
    });
  }
  if (call.flag("one-shot") || !first.stats) return jsonReply(200, wireStats(first, undefined));
  await pause(call.request.signal);
  return jsonReply(200, wireStats(await containers.stats(name), first));
}

/** The stream ends, without an error, when the container is removed. */
async function sampleUntilRemoved(sample: () => Promise<StatsSample>): Promise<StatsSample | undefined> {
  try {
    return await sample();
  } catch (error) {
    if (isKind(error, "not_found")) return undefined;
    throw error;
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, period);
    signal.addEventListener("abort", done, { once: true });
  });
}
