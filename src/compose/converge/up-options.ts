export interface UpOptions {
  /** Empty: all of them. */
  readonly services: readonly string[];
  readonly noDependencies: boolean;
  readonly recreate: "changed" | "always" | "never";
  readonly recreateDependencies: "changed" | "always" | "never";
  readonly renewAnonymousVolumes: boolean;
  readonly removeOrphans: boolean;
  /** Say nothing of them: COMPOSE_IGNORE_ORPHANS. */
  readonly ignoreOrphans?: boolean;
  /** By `--scale`. */
  readonly scale: ReadonlyMap<string, number>;
  readonly build: "missing" | "always" | "never";
  readonly pull: "policy" | "always" | "missing" | "never";
  readonly quietPull: boolean;
  readonly quietBuild?: boolean;
  readonly noStart: boolean;
  /** Seconds a container has to stop; undefined: its own. */
  readonly timeout: number | undefined;
  /** Wait until everything is running and healthy. */
  readonly wait: boolean;
  readonly waitTimeout: number | undefined;
}
