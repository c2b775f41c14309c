import type { TaskEvent } from "../../../compose/task.ts";

export const dryRunPrefix = " DRY-RUN MODE - ";

/**
 * One event as Docker Compose prints it where nothing can be redrawn: ` Container shop-web-1  Creating`. What
 * is pulled has its text beside its name, everything else has it where the details are, two blanks on.
 */
export function plainLine({ id, text, details = "" }: TaskEvent, dryRun: boolean): string {
  const last = details.slice(details.trimEnd().lastIndexOf("\n") + 1).trimEnd();
  const isThing = id.includes(" ");
  const words = isThing ? [id, "", [text, last].filter((part) => part !== "").join(" ")] : [id, text, last];
  return `${[dryRun ? dryRunPrefix : "", ...words].join(" ")}\n`;
}

/** Of bars only their first word and each new one are said: lines are read, not watched. */
export class PlainFilter {
  readonly #said = new Map<string, string>();

  isNew({ id, status, text }: TaskEvent): boolean {
    const said = `${status} ${text}`;
    if (this.#said.get(id) === said) return false;
    this.#said.set(id, said);
    return true;
  }
}

/** One event for programs, with the keys Docker Compose gives it. */
export function jsonLine({ id, parent, text, details, current, total }: TaskEvent, dryRun: boolean): string {
  const percent = total && current ? Math.floor((current * 100) / total) : undefined;
  const isThing = id.includes(" ");
  const words = isThing
    ? { status: [text, details].filter(Boolean).join(" ") }
    : { text, ...(details && { status: details }) };
  return `${JSON.stringify({
    ...(dryRun && { "dry-run": true }),
    id,
    ...(parent !== undefined && { parent_id: parent }),
    ...words,
    ...(current && { current }),
    ...(total && { total }),
    ...(percent && { percent }),
  })}\n`;
}
