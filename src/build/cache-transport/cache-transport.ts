import type { BuildRequest, CacheLocation } from "../build-request.ts";
import type { SolvedBuild } from "../export/solved-build.ts";
import type { CacheSource } from "../solver/build-cache.ts";
import type { StepScope } from "../solver/op.ts";

/** Cache records and their layers between machines: `createCacheTransport(parts)` in create-cache-transport.ts. */
export interface CacheTransport {
  /** A source that cannot be read is a warning, and left out. */
  open(location: CacheLocation, request: BuildRequest, scope: StepScope): Promise<CacheSource | undefined>;
  /** For registry and local; inline goes with the image. */
  write(location: CacheLocation, solved: SolvedBuild, request: BuildRequest, scope: StepScope): Promise<void>;
}
