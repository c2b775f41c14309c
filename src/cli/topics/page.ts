import type { Manual } from "../command.ts";
import type { HelpStyle } from "../help/help.ts";

/** Lines longer than this are tiring, however wide the window is. */
const widest = 92;

/**
 * Paragraphs stand between empty lines and are wrapped to the window; a line that begins with
 * spaces is left as it is. `hull` at the start of a command line is what the program was called.
 */
export function paragraphs(text: string, style: HelpStyle): string {
  return named(text.trim(), style.program)
    .split(/\n\n+/)
    .map((block) => (/^ /m.test(block) ? block : wrapped(block, Math.min(style.width, widest))))
    .join("\n\n");
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}

export function examplesText({ examples, also = [] }: Manual, style: HelpStyle): string {
  const { paint, program } = style;
  const shown = examples.map(([what, line]) => {
    const lines = named(line, program)
      .split("\n")
      .map((each) => `    ${paint(each, "cyan")}`);
    return `  ${what}:\n${lines.join("\n")}`;
  });
  const examplesPart = shown.length > 0 ? `\n${paint("Examples:", "bold")}\n${shown.join("\n\n")}\n` : "";
  const names = also.map((name) => `${program} help ${name}`);
  const alsoPart = names.length > 0 ? `\n${paint("See also:", "bold")}\n  ${names.join(", ")}\n` : "";
  return examplesPart + alsoPart;
}

/** In examples the program is called what the user calls it. */
function named(text: string, program: string): string {
  return program === "hull" ? text : text.replace(/(^|[\s'"`(])hull (?=[a-z-])/g, `$1${program} `);
}
