import { invalidArgument } from "../../../errors/engine-error.ts";

/**
 * Splits a command as Docker Compose does, which is not quite what a shell does: quotes and
 * backslashes are taken away, variables and backticks are left alone, and the line ends at the
 * first `;`, `&`, `|`, `<` or `>` that is not quoted.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word = "";
  /** Whether a word has begun; a quoted empty one counts. */
  let begun = false;
  let escaped = false;
  let double = false;
  let single = false;
  let backtick = false;
  /** Inside of `$( )`. */
  let command = false;

  for (const letter of line) {
    if (escaped) {
      word += letter;
      begun = true;
      escaped = false;
      continue;
    }
    if (letter === "\\" && !single) {
      escaped = true;
      continue;
    }
    if (" \t\r\n".includes(letter)) {
      if (single || double || backtick || command) word += letter;
      else if (begun) {
        words.push(word);
        word = "";
        begun = false;
      }
      continue;
    }
    if (letter === "`" && !single && !double && !command) backtick = !backtick;
    else if (letter === ")" && !single && !double && !backtick) command = !command;
    else if (letter === "(" && !single && !double && !backtick) {
      if (command || !word.endsWith("$")) throw invalidLine();
      command = true;
      word += letter;
      continue;
    } else if (letter === '"' && !single && !command) {
      begun ||= double;
      double = !double;
      continue;
    } else if (letter === "'" && !double && !command) {
      begun ||= single;
      single = !single;
      continue;
    } else if (";&|<>".includes(letter) && !(single || double || backtick || command)) {
      // `2>file`: the number belongs to what is cut off.
      if (letter === ">" && /^\d/.test(word)) begun = false;
      break;
    }
    word += letter;
    begun = true;
  }
  if (begun) words.push(word);
  if (escaped || single || double || backtick || command) throw invalidLine();
  return words;
}

function invalidLine(): Error {
  return invalidArgument("invalid command line string");
}
