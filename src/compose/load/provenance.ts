/** A place in a file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where one value of the resolved project came from. */
export interface Origin {
  /** `services.web.ports[0]`, as errors write it. */
  readonly path: string;
  /** As the model has it, before it becomes a number of bytes or of nanoseconds. */
  readonly value: unknown;
  readonly place: Place;
  /** How it got there: the file itself, a later `-f`, `extends`, `include`. */
  readonly by: "file" | "override" | "extends" | "include" | "default";
  /** Values it replaced, the last one first. */
  readonly overrode: readonly { readonly place: Place; readonly value: unknown }[];
}

/** One variable as it was found, and what it kept from being taken. */
export interface VariableOrigin {
  readonly name: string;
  readonly value: string | undefined;
  /** `shell`, `.env:3`, `default in compose.yaml:12`, or nothing. */
  readonly from: VariableSource | undefined;
  /** Other sources that have it too, with what they say, by falling rank. */
  readonly overrode: readonly VariableSource[];
  /** Where it is used, and what the text became there. */
  readonly uses: readonly {
    readonly place: Place;
    readonly path: string;
    readonly text: string;
    readonly becomes: string;
  }[];
}

export interface VariableSource {
  readonly kind: "shell" | "env-file" | "default" | "project";
  readonly place?: Place;
  readonly value: string;
}
