import { internal } from "../errors/engine-error.ts";

/**
 * The messages of a JSON stream (load, pull, events), one by one. A last message that is
 * an error is thrown, as the error of the whole.
 */
export async function* jsonMessages<Message = unknown>(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Message> {
  if (!body) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parse<Message>(line);
  }
  if (rest.trim() !== "") yield parse<Message>(rest);
}

function parse<Message>(line: string): Message {
  const message = JSON.parse(line);
  if (typeof message === "object" && message !== null && typeof message.error === "string") {
    throw internal(message.errorDetail?.message ?? message.error);
  }
  return message;
}
