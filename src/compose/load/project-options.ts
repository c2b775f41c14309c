/** What a call knows of its project before a file is read. */
export interface ProjectOptions {
  /** `-f`, in order; `-` is standard input. Empty: COMPOSE_FILE, then the usual names, looked for upwards. */
  readonly files: readonly string[];
  /** `--project-directory`; relative paths stand on it. Empty: where the first file is. */
  readonly projectDirectory: string;
  /** `--project-name`; empty: COMPOSE_PROJECT_NAME, the file's `name`, the directory's name. */
  readonly projectName: string;
  /** `--env-file`; empty: COMPOSE_ENV_FILES, then `.env`. */
  readonly envFiles: readonly string[];
  /** `--profile`; empty: COMPOSE_PROFILES. */
  readonly profiles: readonly string[];
  /** The shell's. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readStdin(): Promise<string>;
  /** A sentence for the user: a variable that is not set, an attribute that is obsolete. */
  warn(sentence: string): void;
}

/** Steps that can be left out, for `config --no-…`. By default all are made. */
export interface LoadSteps {
  readonly interpolate?: boolean;
  readonly normalize?: boolean;
  readonly resolvePaths?: boolean;
  readonly checkConsistency?: boolean;
  /** Read `env_file` into `environment`. A call about some services leaves it out and calls `chooseServices`. */
  readonly resolveEnvironment?: boolean;
  /** Name `label_file` no more once it is read. By default it stays, and counts for the service's hash. */
  readonly discardLabelFiles?: boolean;
}
