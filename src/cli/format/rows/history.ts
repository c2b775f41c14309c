import { ago } from "../ago.ts";
import { humanSize } from "../human-size.ts";
import { ellipsis, shortId } from "../shorten.ts";
import type { ListLayout, Row } from "../table.ts";

export function historyLayout(human: boolean): ListLayout {
  const created = human ? "{{.CreatedSince}}" : "{{.CreatedAt}}";
  return {
    columns: `{{.ID}}\\t${created}\\t{{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}`,
    quiet: "{{.ID}}",
    headers: {
      ID: "IMAGE",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      CreatedBy: "CREATED BY",
      Size: "SIZE",
      Comment: "COMMENT",
    },
    typeName: "*image.historyContext",
  };
}

interface Step {
  readonly Id: string;
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Size: number;
  readonly Comment: string;
}

/** Images made reproducibly carry dates long past. */
const year2000 = 946_684_800;

export function historyRow(step: Step, { human, truncate }: { human: boolean; truncate: boolean }): Row {
  const by = step.CreatedBy.replaceAll("\t", " ");
  return {
    ID: truncate ? shortId(step.Id) : step.Id,
    // The zones of the world take longer to load than all the rest: only who asks pays.
    get CreatedAt() {
      return localRfc3339(step.Created);
    },
    get CreatedSince() {
      if (!human) return localRfc3339(step.Created);
      return step.Created <= year2000 ? "N/A" : ago(step.Created);
    },
    CreatedBy: truncate ? ellipsis(by, 45) : by,
    Size: human ? humanSize(step.Size) : String(step.Size),
    Comment: step.Comment,
  };
}

/** In the zone of this machine. */
function localRfc3339(seconds: number): string {
  const date = new Date(seconds * 1000);
  const minutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${local}${size === 0 ? "Z" : `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`}`;
}
