import { jsonMessages } from "../../client/json-messages.ts";
import type { Terminal } from "../command.ts";
import { isTerminal, windowSize } from "../terminal/tty.ts";
import { LayerLines } from "./layer-lines.ts";
import { plainText, type TransferMessage } from "./message.ts";

export interface ShowOptions {
  readonly quiet?: boolean;
  /** Messages for programs, which are not printed. */
  readonly onAux?: (aux: unknown) => void;
}

/** Prints what an engine tells about a transfer until it is over; an error at its end is thrown. */
export async function showTransfer(
  response: Response,
  terminal: Terminal,
  { quiet = false, onAux }: ShowOptions = {},
): Promise<void> {
  const lines = !quiet && isTerminal(1) ? new LayerLines(standardOutput(terminal)) : undefined;
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

function standardOutput(terminal: Terminal) {
  return {
    columns: () => windowSize()?.columns ?? 80,
    rows: () => windowSize()?.rows ?? 24,
    write: terminal.out,
  };
}
