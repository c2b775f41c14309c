export interface PruneReport {
  readonly deleted: readonly string[];
  readonly spaceReclaimed: number;
}
