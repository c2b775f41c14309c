import type { StoredImage } from "../../images/stored-image.ts";
import type { ContextSource } from "../build-request.ts";
import type { RunMount } from "../dockerfile/instruction.ts";
import type { ProcessLimits } from "../executor.ts";

/**
 * What a Dockerfile is compiled to: a graph of these, as plain data that tests can print. Every word is
 * expanded, every path absolute. `ops/` turns each into an Op that the solver can run.
 */
export type Operation =
  | EmptyOperation
  | ImageOperation
  | ContextOperation
  | DownloadOperation
  | GitOperation
  | RunOperation
  | CopyOperation
  | WorkdirOperation;

interface Common {
  readonly title: string;
  /** Nothing of an earlier build is used for it. */
  readonly fresh?: boolean;
}

/** FROM scratch. */
export interface EmptyOperation extends Common {
  readonly kind: "empty";
}

/** FROM an image, or `--from=image`: found (or pulled) while planning, because its configuration is part of the plan. */
export interface ImageOperation extends Common {
  readonly kind: "image";
  readonly image: StoredImage;
}

export interface ContextOperation extends Common {
  readonly kind: "context";
  /** Empty: the main context. */
  readonly name: string;
  readonly source: Exclude<ContextSource, { kind: "image" }>;
  /** Patterns of the ignore file, in order. */
  readonly ignore: readonly string[];
}

/** A tree with one file in it, named as the URL says. */
export interface DownloadOperation extends Common {
  readonly kind: "download";
  readonly url: string;
  readonly fileName: string;
  /** `sha256:…` */
  readonly checksum?: string;
}

export interface GitOperation extends Common {
  readonly kind: "git";
  /** As BuildKit reads it: `https://host/repo.git#ref:subdirectory`, or with `?ref=…&subdir=…`. */
  readonly url: string;
  readonly keepGitDir: boolean;
  readonly checksum?: string;
}

export interface RunOperation extends Common {
  readonly kind: "run";
  readonly base: Operation;
  readonly command: readonly string[];
  /** The stage's environment, and the arguments in scope that are not in it. */
  readonly env: readonly string[];
  /** Arguments that are given to the process and count for nothing: addresses of proxies. */
  readonly silentEnv: readonly string[];
  readonly workingDirectory: string;
  readonly user: string;
  readonly mounts: readonly PlannedMount[];
  readonly network: "default" | "none" | "host" | { readonly name: string };
  readonly insecure: boolean;
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly limits: ProcessLimits;
  /** SOURCE_DATE_EPOCH: seconds since 1970 that newer times in the layer are set to. */
  readonly epoch?: number;
}

/** Values expanded; `from` of a bind (and of a cache) is an operation. */
export interface PlannedMount extends Omit<RunMount, "from" | "text"> {
  readonly from?: Operation;
}

export interface CopyOperation extends Common {
  readonly kind: "copy";
  readonly base: Operation;
  readonly items: readonly CopyItem[];
  /** Absolute; a slash at the end: a directory. */
  readonly destination: string;
  /** `user:group`, looked up in the base's passwd and group files. Absent: 0:0 from contexts, kept from stages, as Docker does. */
  readonly owner?: string;
  /** Octal, or symbolic (`u=rwX,go=rX`). */
  readonly mode?: string;
  /** The layer is made apart from its base and is the same on any. */
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly string[];
  readonly epoch?: number;
}

export type CopyItem =
  | {
      readonly from: Operation;
      /** Wildcards are still in them; `/./` marks where `--parents` begins. */
      readonly paths: readonly string[];
      /** Archives are unpacked: always, never, or by Docker's rule for where they come from. */
      readonly unpack: "never" | "archives";
    }
  | { readonly fileName: string; readonly content: string };

/** Makes the directory, with its parents, where it is missing. */
export interface WorkdirOperation extends Common {
  readonly kind: "workdir";
  readonly base: Operation;
  readonly path: string;
  /** The stage's USER: what is made belongs to it. Absent: root. */
  readonly owner?: string;
  readonly epoch?: number;
}
