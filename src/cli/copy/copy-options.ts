export interface CopyOptions {
  readonly follow: boolean;
  readonly quiet: boolean;
  readonly archive: boolean;
  readonly signal: AbortSignal;
}
