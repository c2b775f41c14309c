import type { BuildRequest, BuildResult } from "../build-request.ts";
import type { StepScope } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { SolvedBuild } from "./solved-build.ts";

/**
 * Turns what one build solved into images and streams: `createExporter(parts)` in create-exporter.ts.
 * What it made and no image needs goes when it is disposed, with the build.
 */
export interface Exporter extends AsyncDisposable {
  /**
   * Begins to pack the layer of a step that is done, in the background; failures show up in `export`.
   * Worth calling for every step of an image that is asked for.
   */
  begin(tree: Tree): void;
  export(
    solved: SolvedBuild,
    request: BuildRequest,
    scope: StepScope,
    options?: { readonly epoch?: number },
  ): Promise<Omit<BuildResult, "failedChecks">>;
}
