import type { FailurePlace } from "../../../engine/services/builds.ts";
import type { BuildPlace } from "../../../protocol/build-messages.ts";

/** Lines shown before and after those that are meant. */
const around = 2;
/** A heredoc may be long: its beginning is enough. */
const mostMarked = 20;

type File = FailurePlace["file"];
type Range = FailurePlace["range"];

/** A place with the lines around it. */
export function placeWithLines(file: File, range: Range): BuildPlace {
  const lines = file.text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const { start, end } = range;
  const last = Math.min(end.column === 1 && end.line > start.line ? end.line - 1 : end.line, lines.length);
  const from = Math.max(start.line - around, 1);
  const to = Math.min(Math.min(last, start.line + mostMarked) + around, lines.length);
  return {
    file: file.name,
    line: start.line,
    column: start.column,
    endLine: last,
    lines: lines.slice(from - 1, to).map((text, index) => {
      const number = from + index;
      return { number, text: text.replace(/\r$/, ""), marked: number >= start.line && number <= last };
    }),
  };
}
