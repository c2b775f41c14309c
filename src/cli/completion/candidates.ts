/** One word a shell may put in, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** What shells are told beside the words, in cobra's numbers. */
export const directive = {
  default: 0,
  error: 1,
  noSpace: 2,
  noFiles: 4,
  folders: 16,
  keepOrder: 32,
} as const;

export interface Answer {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

export const nothing: Answer = { candidates: [], directive: directive.noFiles };
export const files: Answer = { candidates: [], directive: directive.default };
export const folders: Answer = { candidates: [], directive: directive.folders };

export function choices(words: readonly (string | Candidate)[], order = false): Answer {
  return {
    candidates: words.map((word) => (typeof word === "string" ? { value: word } : word)),
    directive: directive.noFiles | (order ? directive.keepOrder : 0),
  };
}
