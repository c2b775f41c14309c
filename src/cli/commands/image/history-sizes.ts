import type { ImageHistoryResponseItem } from "../../../protocol/generated/types.ts";
import { shownCommand } from "../../dive/read-image.ts";
import { humanSize } from "../../format/human-size.ts";
import { ellipsis } from "../../format/shorten.ts";
import { alignColumns } from "../../format/table.ts";

const barWidth = 10;

/** `history --size`: the steps from the newest on, each with its size, its share and the sum up to it. */
export function historyWithSizes(
  steps: readonly Pick<ImageHistoryResponseItem, "Size" | "CreatedBy">[],
  whole: boolean,
): string {
  const total = steps.reduce((sum, { Size: size }) => sum + size, 0);
  let sum = total;
  const rows = steps.map(({ Size: size, CreatedBy: command }) => {
    const upTo = sum;
    sum -= size;
    const share = total > 0 ? size / total : 0;
    const bar = "█".repeat(Math.round(share * barWidth)).padEnd(barWidth, "·");
    const text = shownCommand(command.replaceAll("\t", " "));
    const cells = [humanSize(size), `${Math.round(share * 100)}%`.padStart(4), bar, humanSize(upTo)];
    return [...cells, whole ? text : ellipsis(text, 60)].join("\t");
  });
  return `${alignColumns(["SIZE\tSHARE\t\tUP TO HERE\tCREATED BY", ...rows])}\n${humanSize(total, 4)} in all\n`;
}
