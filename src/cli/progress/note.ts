import { isTerminal } from "../terminal/tty.ts";

/** A remark beside what was asked for, set off by a blank line and indented under its head. */
export function noteText(text: string, fancy = isTerminal(1)): string {
  const plain = " Info -> ";
  const colour = fancy && !process.env.NO_COLOR;
  const head = colour ? "\x1b[1m\x1b[106m\x1b[30mi\x1b[0m \x1b[96mInfo → \x1b[0m" : plain;
  const indent = " ".repeat(colour ? "i Info → ".length : plain.length);
  const [first = "", ...rest] = text.split("\n");
  const slanted = (line: string) => (colour && line !== "" ? `\x1b[3m${line}\x1b[0m` : line);
  return `\n${head}${slanted(first)}\n${rest.map((line) => `${indent}${slanted(line)}\n`).join("")}`;
}
