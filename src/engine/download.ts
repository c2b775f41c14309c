import { invalidArgument, messageOf, unavailable } from "../errors/engine-error.ts";

/**
 * What an address gives, as a stream; one without a scheme is http, as in Docker. `deed` begins the
 * refusal of other schemes: `import from`.
 */
export async function download(
  deed: string,
  source: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array> | null> {
  const url = URL.parse(source.includes("://") ? source : `http://${source}`);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw invalidArgument(
      `cannot ${deed} ${JSON.stringify(source)}: only http and https addresses are fetched`,
    );
  }
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    throw unavailable(`cannot download ${JSON.stringify(source)}: ${messageOf(error)}`, error);
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw invalidArgument(
      `cannot download ${JSON.stringify(source)}: the server answered ${response.status}`,
    );
  }
  return response.body;
}
