import type { ContainerSummary, Network, Volume } from "../../protocol/generated/types.ts";

/** What the engine has of a project, found by its labels. */
export interface ObservedProject {
  readonly name: string;
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly Network[];
  readonly volumes: readonly Volume[];
}

export interface ObservedContainer {
  readonly id: string;
  /** Without the slash. */
  readonly name: string;
  readonly service: string;
  readonly number: number;
  readonly oneOff: boolean;
  readonly configHash: string | undefined;
  /** The id of the image it was made from, as its label says. */
  readonly image: string | undefined;
  /** The container it was made to take the place of, if that was not finished. */
  readonly replaces: string | undefined;
  readonly state: string;
  readonly summary: ContainerSummary;
}
