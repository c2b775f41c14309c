import { jsonMessages } from "../../client/json-messages.ts";
import type { Terminal } from "../command.ts";
import { isTerminal, standardOutput, windowSize } from "../terminal/tty.ts";
import { LayerLines } from "./layer-lines.ts";
import { plainText, type TransferMessage } from "./message.ts";

export interface ShowOptions {
  readonly quiet?: boolean;
  /** Where `terminal.out` leads to: bars are drawn when that is a terminal. Standard output unless said. */
  readonly fd?: number;
  /** Messages for programs, which are not printed. */
  readonly onAux?: (aux: unknown) => void;
}

/** Prints what an engine tells about a transfer until it is over; an error at its end is thrown. */
export async function showTransfer(
  response: Response,
  terminal: Terminal,
  { quiet = false, fd = standardOutput, onAux }: ShowOptions = {},
): Promise<void> {
  const lines = !quiet && isTerminal(fd) ? new LayerLines(screenAt(fd, terminal)) : undefined;
  try {
    for await (const message of jsonMessages<TransferMessage>(response.body)) {
      if (message.aux !== undefined && message.aux !== null) onAux?.(message.aux);
      else if (lines) lines.add(message);
      else if (!quiet) terminal.out(plainText(message));
    }
  } finally {
    lines?.draw();
  }
}

function screenAt(fd: number, terminal: Terminal) {
  const size = () => windowSize(fd) ?? { columns: 80, rows: 24 };
  return { columns: () => size().columns, rows: () => size().rows, write: terminal.out };
}
