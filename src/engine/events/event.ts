export type EventType = "container" | "image" | "volume" | "network" | "daemon" | "builder";

/** Something that happened, as `docker events` shows it. */
export interface EngineEvent {
  readonly type: EventType;
  readonly action: string;
  readonly actor: { readonly id: string; readonly attributes: Readonly<Record<string, string>> };
  /** Nanoseconds since the epoch. */
  readonly timeNano: bigint;
}

export interface EventQuery {
  /** Seconds since the epoch, with fraction; undefined for no bound. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly filters: ReadonlyMap<string, readonly string[]>;
}
