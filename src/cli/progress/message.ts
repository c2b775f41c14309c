import { humanSize } from "../format/human-size.ts";

/** One message of a transfer, as engines send them. */
export interface TransferMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
  readonly progressDetail?: Progress;
  /** The bar as text, from old engines. */
  readonly progress?: string;
  readonly aux?: unknown;
}

export interface Progress {
  readonly current?: number;
  readonly total?: number;
  readonly hidecounts?: boolean;
  readonly units?: string;
}

/** One line about a layer, which later messages of the same id rewrite. */
export function isLayerLine({ id, progressDetail, progress }: TransferMessage): boolean {
  return Boolean(id) && (progressDetail !== undefined || Boolean(progress));
}

/** What is printed where lines cannot be rewritten: no bars, only their first and last word. */
export function plainText(message: TransferMessage): string {
  const { stream, status = "", id, from, progress, progressDetail } = message;
  if (progressDetail && hasProgress(progressDetail)) return "";
  const head = `${id ? `${id}: ` : ""}${from ? `(from ${from}) ` : ""}`;
  if (progress) return `${head}${status} ${progress}`;
  return stream ? head + stream : `${head}${status}\n`;
}

function hasProgress({ current = 0, total = 0 }: Progress): boolean {
  return current > 0 || total > 0;
}

const widestBar = 50;
/** A shorter one says less than the numbers beside it. */
const narrowestBar = 8;

/** `id: Downloading [====>    ]  1.2MB/3.4MB`, at most as wide as the window. */
export function layerLine(message: TransferMessage, columns: number): string {
  const { status = "", id, progressDetail = {}, progress } = message;
  const head = `${id ? `${id}: ` : ""}${status} `;
  const room = Math.max(columns - 1, 1);
  const text =
    head + (hasProgress(progressDetail) ? bar(progressDetail, room - head.length) : (progress ?? ""));
  return [...text.trimEnd()].slice(0, room).join("");
}

function bar(progress: Progress, room: number): string {
  const { current = 0, total = 0 } = progress;
  const numbers = numbersOf(progress);
  if (total <= 0) return numbers;
  const width = Math.min(widestBar, room - numbers.length - 4);
  if (width < narrowestBar) return numbers;
  const full = Math.min(Math.floor((current / total) * width), width);
  return `[${"=".repeat(full)}>${" ".repeat(width - full)}] ${numbers}`;
}

function numbersOf({ current = 0, total = 0, hidecounts = false, units = "" }: Progress): string {
  if (hidecounts && total > 0) return "";
  const amount = (value: number) => (units === "" ? humanSize(value, 4) : String(value));
  const both = total > 0 && current <= total;
  const numbers = both
    ? `${padded(amount(current), units)}/${amount(total)}`
    : padded(amount(current), units);
  return units === "" ? numbers : `${numbers} ${units}`;
}

const padded = (text: string, units: string) => (units === "" ? text.padStart(8) : text);
