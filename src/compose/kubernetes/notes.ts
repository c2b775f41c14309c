/** What a person must know of a conversion; `lost` is what the cluster will not do. */
export interface Note {
  readonly level: "lost" | "changed";
  /** `service web`, `network back`. */
  readonly about: string;
  /** As the file writes it: `deploy.placement.preferences`. */
  readonly attribute: string;
  readonly text: string;
}

/** Collects them, each once. */
export class Notes {
  readonly #notes = new Map<string, Note>();

  lost(about: string, attribute: string, text: string): void {
    this.#add({ level: "lost", about, attribute, text });
  }

  changed(about: string, attribute: string, text: string): void {
    this.#add({ level: "changed", about, attribute, text });
  }

  get all(): readonly Note[] {
    return [...this.#notes.values()];
  }

  #add(note: Note): void {
    this.#notes.set(noteText(note), note);
  }
}

export function noteText({ about, attribute, text }: Note): string {
  return `${about}: ${attribute}: ${text}`;
}
