import { jsonMessages } from "../../../client/json-messages.ts";
import type { PullWish } from "../../../compose/compose-context.ts";
import { messageOf } from "../../../errors/engine-error.ts";
import { requestPull } from "../../containers/request-pull.ts";
import type { TransferMessage } from "../../progress/message.ts";
import type { ImageTools } from "./image-tools.ts";

/** One image, by the user's own login; its layers are tasks below it. */
export async function pull(
  tools: ImageTools,
  image: string,
  { platform, quiet, task = `Image ${image}`, canBuild = false }: PullWish,
): Promise<void> {
  const {
    progress: { report },
    session,
    signal,
  } = tools;
  report({ id: task, status: "working", text: "Pulling" });
  try {
    const wanted = platform ?? session.env.DOCKER_DEFAULT_PLATFORM;
    const response = await requestPull(image, wanted?.toLowerCase() || undefined, tools);
    for await (const message of jsonMessages<TransferMessage>(response.body)) {
      if (!quiet) reportLayer(tools, task, message);
    }
    report({ id: task, status: "done", text: "Pulled" });
  } catch (error) {
    if (signal.aborted) report({ id: task, status: "warning", text: "Interrupted" });
    else if (canBuild) report({ id: task, status: "warning", text: "Warning", details: messageOf(error) });
    else report({ id: task, status: "error", text: "Error", details: messageOf(error) });
    throw error;
  }
}

/** Words of an end: nothing of this layer is left to do. */
const ends = new Set([
  "Download complete",
  "Already exists",
  "Pull complete",
  "Pushed",
  "Layer already exists",
]);

/** Messages without a layer, or without progress, are about the image as a whole: its own line says that. */
export function reportLayer(
  { progress: { report } }: ImageTools,
  parent: string,
  { id, status = "", progressDetail }: TransferMessage,
): void {
  if (id === undefined || progressDetail === undefined) return;
  // Some engines put an empty progress beside it.
  if (status.startsWith("Pulling from ")) return;
  const { current, total } = progressDetail;
  report({
    id,
    parent,
    status: ends.has(status) ? "done" : "working",
    text: status,
    ...(current !== undefined && { current }),
    ...(total !== undefined && { total }),
  });
}
