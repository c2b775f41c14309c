import { jsonMessages } from "../../../client/json-messages.ts";
import { messageOf } from "../../../errors/engine-error.ts";
import { isNameOnly, parseReference, repositoryOf, withDefaultTag } from "../../../oci/reference.ts";
import type { TransferMessage } from "../../progress/message.ts";
import { registryAuthHeader } from "../../registry-auth/registry-auth.ts";
import type { ImageTools } from "./image-tools.ts";
import { reportLayer } from "./pull.ts";

/** One tag to its registry; its layers are tasks below it. */
export async function push(
  tools: ImageTools,
  image: string,
  { quiet, task = `Image ${image}` }: { readonly quiet: boolean; readonly task?: string },
): Promise<void> {
  const {
    engine,
    progress: { report },
    session,
    signal,
    terminal,
  } = tools;
  report({ id: task, status: "working", text: "Pushing" });
  try {
    const asked = parseReference(image);
    const reference = isNameOnly(asked) ? withDefaultTag(asked) : asked;
    const response = await engine.stream("ImagePush", {
      params: { name: repositoryOf(reference) },
      query: { tag: reference.tag },
      headers: await registryAuthHeader(reference.domain, terminal, session),
      signal,
    });
    for await (const message of jsonMessages<TransferMessage>(response.body)) {
      if (!quiet) reportLayer(tools, task, message);
    }
    report({ id: task, status: "done", text: "Pushed" });
  } catch (error) {
    if (signal.aborted) report({ id: task, status: "warning", text: "Interrupted" });
    else report({ id: task, status: "error", text: "Error", details: messageOf(error) });
    throw error;
  }
}
