import { internal } from "../errors/engine-error.ts";

/**
 * The messages of a JSON stream (load, pull, events), one by one. A last message that is
 * an error is thrown, as the error of the whole.
 */
export async function* jsonMessages<Message = unknown>(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Message> {
  for await (const line of jsonTexts(body)) yield parse<Message>(line);
}

/** The same, unread: for who must see every digit of a number. */
export async function* jsonTexts(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  if (rest.trim() !== "") yield rest;
}

function parse<Message>(line: string): Message {
  const message = JSON.parse(line);
  if (typeof message === "object" && message !== null && typeof message.error === "string") {
    throw internal(message.errorDetail?.message ?? message.error);
  }
  return message;
}
