/** What a look at a container's program, and at what it needs, showed. */
export interface ProgramFacts {
  /** As the command names it. */
  readonly wanted: string;
  /** Where it would have been found: the folders of PATH, or the one path. */
  readonly searched: readonly string[];
  readonly found: FoundProgram | undefined;
}

export interface FoundProgram {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly kind: "directory" | "special" | "empty" | "script" | "elf" | "unknown" | "unread";
  readonly script?: {
    /** Without `#!`; a carriage return at its end is kept. */
    readonly line: string;
    readonly interpreter: string;
    readonly interpreterFound: boolean;
    readonly interpreterRunnable: boolean;
  };
  readonly elf?: {
    readonly machine: string;
    readonly loader: string | undefined;
    readonly loaderFound: boolean;
    readonly missingLibraries: readonly string[];
    readonly searchedLibraries: readonly string[];
  };
}
