/** A place in a Dockerfile; lines and columns count from 1, columns in UTF-16 units as strings do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From the first character to the one after the last. */
export interface SourceRange {
  readonly start: Position;
  readonly end: Position;
}

export interface SourceFile {
  /** As people know it: `Dockerfile`, `docker/web.Dockerfile`, `-`. */
  readonly name: string;
  readonly text: string;
}

/** Something a build says about its Dockerfile without ending. */
export interface BuildWarning {
  /** BuildKit's name of the rule (`JSONArgsRecommended`), or one of ours. */
  readonly rule: string;
  readonly message: string;
  /** Why it matters, one sentence. */
  readonly detail: string;
  readonly url?: string;
  readonly range?: SourceRange;
  /** The lines as they could stand there instead. */
  readonly rewrite?: string;
}
