import type { Extensions } from "./extensions.ts";
import type { ConfigFile, Model, Network, SecretFile, Volume } from "./resources.ts";
import type { Service } from "./service.ts";

/**
 * A project as it is meant: every file read and merged, every variable expanded, every short form
 * made long, every path absolute. Keys are the specification's. What is empty is absent.
 */
export interface Project {
  readonly name: string;
  /** The directory relative paths stand on, absolute. */
  readonly workingDir: string;
  /** The files it was read from, absolute, in the order of merging; `-` is standard input. */
  readonly composeFiles: readonly string[];
  /** Files named by `--env-file` or COMPOSE_ENV_FILES, absolute; a `.env` that was found is not among them. */
  readonly envFiles: readonly string[];
  /** What variables are expanded from: the shell's, then the files'. */
  readonly environment: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
  /** Services of active profiles, by name. */
  readonly services: Readonly<Record<string, Service>>;
  /** Services no active profile asks for. */
  readonly disabledServices: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, SecretFile>>;
  readonly configs: Readonly<Record<string, ConfigFile>>;
  readonly models: Readonly<Record<string, Model>>;
  readonly extensions: Extensions;
  /** Between the parts of names of containers and images: `-`, or `_` for those who ask for docker-compose 1's. */
  readonly separator?: "_";
}
