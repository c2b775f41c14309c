import { ByteSource } from "../../lib/byte-source.ts";
import { detectCompression } from "../../lib/compress.ts";

export type StdinSource =
  | { readonly kind: "archive"; readonly stream: ReadableStream<Uint8Array> }
  | { readonly kind: "dockerfile"; readonly text: string };

/** `hull build -`: a tar archive, compressed or not, is the context; anything else is a Dockerfile. */
export async function stdinSource(): Promise<StdinSource> {
  const source = new ByteSource(Bun.stdin.stream());
  const head = await source.peek(512);
  const isTar = Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar";
  if (isTar || detectCompression(head) !== "none") return { kind: "archive", stream: streamOf(source) };
  return { kind: "dockerfile", text: await textOf(source) };
}

function streamOf(source: ByteSource): ReadableStream<Uint8Array> {
  const parts = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

export async function stdinText(): Promise<string> {
  return await textOf(Bun.stdin.stream());
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part.slice());
  return Buffer.concat(parts).toString();
}
