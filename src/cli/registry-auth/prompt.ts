import { cancelled, invalidArgument } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { rawMode } from "../terminal/raw-mode.ts";
import { readInput } from "../terminal/read-input.ts";
import { isTerminal, standardInput } from "../terminal/tty.ts";

export function refuseWithoutTerminal(): void {
  if (isTerminal(standardInput)) return;
  throw invalidArgument("Error: Cannot perform an interactive login from a non TTY device");
}

/** One line, edited by the terminal itself. */
export async function askLine(question: string, terminal: Terminal): Promise<string> {
  terminal.out(question);
  let text = "";
  for await (const bytes of readInput()) {
    text += Buffer.from(bytes).toString();
    if (text.includes("\n")) break;
  }
  return (text.split("\n")[0] ?? "").replace(/\r$/, "");
}

/** One line that is not shown. Ctrl-C and Ctrl-D end the program's asking, Ctrl-U begins again. */
export async function askSecret(question: string, terminal: Terminal): Promise<string> {
  terminal.out(question);
  using _raw = rawMode();
  const letters: string[] = [];
  const decoder = new TextDecoder();
  try {
    for await (const bytes of readInput()) {
      for (const letter of decoder.decode(bytes, { stream: true })) {
        if (letter === "\r" || letter === "\n") return letters.join("");
        if (letter === "\x03" || letter === "\x04") throw cancelled("nothing was entered");
        if (letter === "\x7f" || letter === "\b") letters.pop();
        else if (letter === "\x15") letters.length = 0;
        else letters.push(letter);
      }
    }
    return letters.join("");
  } finally {
    terminal.out("\r\n");
  }
}

/** All of standard input, without the line's end: for passwords of scripts. */
export async function readWhole(): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of readInput()) parts.push(bytes);
  return Buffer.concat(parts)
    .toString()
    .replace(/[\r\n]+$/, "");
}
