/** Part of an instruction and where it begins in the text it was cut from. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** Cut at blanks; quotes and escapes mean nothing. */
export function blankWords(text: string): Word[] {
  return [...text.matchAll(/[^\t\v\f\r ]+/g)].map((match) => ({ text: match[0], at: match.index }));
}

/** Cut at blanks outside of quotes; quotes and escapes stay in the words, an escape at the very end goes. */
export function quotedWords(text: string, token: string): Word[] {
  if (!/["'\\`]/.test(text)) return plainWords(text);
  const words: Word[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    const end = wordEnd(text, at, token);
    const word = text.slice(at, end.at);
    const kept = end.danglingEscape ? word.slice(0, -1) : word;
    if (kept !== "") words.push({ text: kept, at });
    at = end.at;
  }
  return words;
}

/** Most have neither quotes nor escapes. */
const plainWords = (text: string): Word[] =>
  [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: match.index }));

function wordEnd(text: string, from: number, token: string): { at: number; danglingEscape: boolean } {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === "" && /\s/.test(character)) return { at, danglingEscape: false };
    if (character === token && quote !== "'") {
      if (at + 1 === text.length) return { at: at + 1, danglingEscape: true };
      at++;
    } else if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
  }
  return { at: text.length, danglingEscape: false };
}
