import type { DockerResult } from "../tests/setup/docker-cli.ts";

/** What both engines of the comparison offer to it. */
export interface Contender {
  readonly name: string;
  readonly directory: string;
  readonly host: string;
  readonly configDirectory: string;
  readonly pid: number;
  /** In front of a command: brings it into the engine's network namespace. */
  readonly wrapper: readonly string[];
  docker(...args: string[]): Promise<DockerResult>;
  start(): Promise<void>;
  stop(): Promise<number>;
}
