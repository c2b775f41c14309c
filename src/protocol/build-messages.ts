/**
 * The lines `POST /build?progress=events` answers with, instead of the classic builder's text. Times are
 * milliseconds since 1970. Described in docs/api-extensions.md.
 */
export type BuildMessage =
  | {
      readonly type: "step";
      readonly id: number;
      readonly title: string;
      readonly instruction?: BuildInstruction;
    }
  | { readonly type: "started"; readonly id: number; readonly at: number }
  | {
      readonly type: "finished";
      readonly id: number;
      readonly at: number;
      readonly outcome: "done" | "cached" | "failed" | "cancelled";
      readonly reason?: string;
      /** Not called `error`: that is the last line of a stream. */
      readonly failure?: string;
    }
  /** `data` is base64: output need not be text. */
  | { readonly type: "output"; readonly id: number; readonly stream: 1 | 2; readonly data: string }
  | {
      readonly type: "progress";
      readonly id: number;
      readonly task: string;
      readonly status: string;
      readonly current?: number;
      readonly total?: number;
    }
  | ({ readonly type: "warning" } & BuildFinding)
  /** `onerror=shell`: a step failed, and waits for `POST …/shell` of the session. */
  | { readonly type: "shell"; readonly step: number }
  | {
      readonly type: "result";
      readonly image?: string;
      readonly metadata: Readonly<Record<string, unknown>>;
      /** Findings of `check`. */
      readonly failedChecks: number;
    }
  /** The last line of a build that failed. */
  | ({
      readonly type: "error";
      readonly message: string;
      readonly hint?: string;
      readonly step?: number;
    } & BuildPlace);

export interface BuildInstruction {
  readonly stage: string;
  readonly number: number;
  readonly of: number;
  readonly original: string;
  readonly line: number;
  readonly endLine: number;
}

/** A place in the Dockerfile with the lines around it, ready to be shown. */
export interface BuildPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly lines?: readonly { readonly number: number; readonly text: string; readonly marked: boolean }[];
}

export interface BuildFinding extends BuildPlace {
  readonly rule: string;
  readonly message: string;
  readonly detail: string;
  readonly url?: string;
  readonly rewrite?: string;
}
