import type { TransferProgress } from "../../engine/services/images.ts";
import { progressBar } from "./progress-bar.ts";

/** A line of progress as clients draw it: bars only for lines with an id, facts as `aux`. */
export function transferLine({ id, status, current, total, aux }: TransferProgress): object {
  if (aux !== undefined) return { progressDetail: {}, aux };
  if (id === undefined) return { status };
  const detail = { ...(current !== undefined && { current }), ...(total !== undefined && { total }) };
  const progress = current !== undefined && { progress: progressBar(current, total ?? 0) };
  return { status, progressDetail: detail, ...progress, id };
}
