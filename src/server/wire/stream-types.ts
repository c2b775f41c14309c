import type { ApiCall } from "../api-call.ts";

const raw = "application/vnd.docker.raw-stream";
const multiplexed = "application/vnd.docker.multiplexed-stream";

/** Since 1.42 the type of a stream tells whether it is framed. */
export function streamContentType(call: ApiCall, terminal: boolean): string {
  return !terminal && call.atLeast("1.42") ? multiplexed : raw;
}

/** A hijack without upgrade headers always says raw, as Docker does. */
export function hijackContentType(call: ApiCall, terminal: boolean): string {
  return call.request.headers.has("upgrade") ? streamContentType(call, terminal) : raw;
}
