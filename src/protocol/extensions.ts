/**
 * What Hull's API has beyond Docker's, described in docs/api-extensions.md. A stock Docker engine
 * answers these with 404 "page not found".
 */

/** `POST /networks/check` */
export interface NetworkCheckResponse {
  readonly Findings: readonly NetworkFinding[];
}

/** Something in the kernel that is not as the engine's records say. */
export interface NetworkFinding {
  readonly Problem: string;
  readonly Mended: boolean;
  /** Why it could not be mended; absent when it was, or was not tried. */
  readonly Failure?: string;
}
