/** Bytes as they are asked for, counted on the way. */
export function counted(
  bytes: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) return controller.close();
        count(value.length);
        controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}
