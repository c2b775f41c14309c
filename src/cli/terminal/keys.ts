/** One key as it was pressed: `a`, `A`, `up`, `enter`, `ctrl-c`, `alt-x`, `f5`. */
export interface Key {
  readonly name: string;
  /** What it types; empty for keys that type nothing. */
  readonly text: string;
}

const named: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x1b": "escape",
  "\0": "ctrl-space",
};

/** Ends of `ESC [ …` and `ESC O …`. */
const finals: Readonly<Record<string, string>> = {
  ...{ A: "up", B: "down", C: "right", D: "left", H: "home", F: "end", Z: "shift-tab" },
  ...{ P: "f1", Q: "f2", R: "f3", S: "f4" },
};

/** Numbers of `ESC [ number ~`. */
const numbered: Readonly<Record<string, string>> = {
  ...{ 1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown", 7: "home", 8: "end" },
  ...{ 11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9" },
  ...{ 21: "f10", 23: "f11", 24: "f12" },
};

const modifiers: Readonly<Record<string, string>> = {
  ...{ 2: "shift-", 3: "alt-", 4: "alt-shift-", 5: "ctrl-", 6: "ctrl-shift-", 7: "ctrl-alt-" },
};

/** Turns the bytes of a raw terminal into keys; keeps an escape sequence that is not whole yet. */
export class KeyDecoder {
  readonly #decoder = new TextDecoder();
  #rest = "";

  push(bytes: Uint8Array): Key[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const keys: Key[] = [];
    for (;;) {
      const taken = firstKey(this.#rest);
      if (!taken) return keys;
      this.#rest = this.#rest.slice(taken.length);
      if (taken.key) keys.push(taken.key);
    }
  }

  /** Something began that may be a sequence, or the escape key alone. */
  get pending(): boolean {
    return this.#rest !== "";
  }

  /** Nothing followed for a while: it was the escape key. */
  flush(): Key[] {
    const rest = this.#rest;
    this.#rest = "";
    if (rest === "") return [];
    return [{ name: "escape", text: "" }, ...[...rest.slice(1)].map(plainKey)];
  }
}

/** The key at the start, and how much of the text it took; undefined while it is not whole. */
function firstKey(text: string): { key: Key | undefined; length: number } | undefined {
  if (text === "") return undefined;
  if (!text.startsWith("\x1b")) {
    const letter = String.fromCodePoint(text.codePointAt(0) ?? 0);
    return { key: plainKey(letter), length: letter.length };
  }
  if (text.length === 1) return undefined;
  const kind = text[1];
  if (kind === "[" || kind === "O") return sequence(text);
  if (kind === "\x1b") return { key: { name: "escape", text: "" }, length: 1 };
  const letter = String.fromCodePoint(text.codePointAt(1) ?? 0);
  return { key: { name: `alt-${plainKey(letter).name}`, text: "" }, length: 1 + letter.length };
}

function sequence(text: string): { key: Key | undefined; length: number } | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const match = /^\x1b[[O]([0-9;?<]*)([@-~])/.exec(text);
  if (!match) return text.length > 32 ? { key: undefined, length: 1 } : undefined;
  const [whole, parameters = "", final = ""] = match;
  const [number = "", modifier = ""] = parameters.split(";");
  const name = final === "~" ? numbered[number] : finals[final];
  if (name === undefined) return { key: undefined, length: whole.length };
  return { key: { name: `${modifiers[modifier] ?? ""}${name}`, text: "" }, length: whole.length };
}

function plainKey(letter: string): Key {
  const name = named[letter];
  if (name !== undefined) return { name, text: "" };
  const code = letter.codePointAt(0) ?? 0;
  if (code < 32) return { name: `ctrl-${String.fromCharCode(code + 96)}`, text: "" };
  return { name: letter === " " ? "space" : letter, text: letter };
}
