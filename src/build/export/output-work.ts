import type { ComposedLayer, ImageComposer } from "../../images/compose/image-composer.ts";
import type { ImageDetails } from "../../images/image-catalog.ts";
import type { Platform } from "../../oci/platform.ts";
import type { BuilderParts } from "../build.ts";
import type { BuildRequest } from "../build-request.ts";
import type { StepScope } from "../solver/op.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import type { SolvedBuild, SolvedImage } from "./solved-build.ts";

export interface ExporterParts
  extends Pick<BuilderParts, "images" | "snapshots" | "openRepository" | "settings" | "platforms"> {
  readonly trees: TreeStore;
}

/** An image that is put together, with what it was made of. */
export interface ReadyImage {
  readonly solved: SolvedImage;
  readonly details: ImageDetails;
  readonly layers: readonly ComposedLayer[];
}

/** What the writing of outputs works with. */
export interface OutputWork {
  /** Empty where only files are asked for. */
  readonly images: readonly ReadyImage[];
  readonly solved: SolvedBuild;
  readonly request: BuildRequest;
  readonly scope: StepScope;
  readonly composer: ImageComposer;
  readonly parts: ExporterParts;
}

/** As manifests write it. */
export function platformOf({ os, architecture, variant }: Platform) {
  return { architecture, os, ...(variant !== undefined && { variant }) };
}
