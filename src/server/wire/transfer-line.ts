import type { TransferProgress } from "../../engine/services/images.ts";

/** A line of progress as clients draw it: bars only for lines with an id, facts as `aux`. */
export function transferLine({ id, status, current, total, aux }: TransferProgress): object {
  if (aux !== undefined) return { progressDetail: {}, aux };
  if (id === undefined) return { status };
  const detail = { ...(current !== undefined && { current }), ...(total !== undefined && { total }) };
  return { status, progressDetail: detail, id };
}
