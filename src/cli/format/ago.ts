import { humanDuration } from "../../protocol/human-duration.ts";

/** `3 minutes ago`; a moment in seconds since 1970. */
export function ago(unixSeconds: number, now = Date.now()): string {
  return `${humanDuration(now / 1000 - unixSeconds)} ago`;
}
