import type { StoredImage } from "../../images/stored-image.ts";
import type { Platform } from "../../oci/platform.ts";
import type { BuildRequest, ContextSource } from "../build-request.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { BuildWarning } from "../dockerfile/source.ts";

/** What a plan is made from, besides base images: those are found through `resolve`. */
export interface PlanInput {
  readonly dockerfile: Dockerfile;
  readonly request: Pick<
    BuildRequest,
    | "namedContexts"
    | "target"
    | "buildArgs"
    | "labels"
    | "noCache"
    | "network"
    | "hosts"
    | "limits"
    | "allow"
    | "unset"
  >;
  /** The main context, here already. */
  readonly context: Exclude<ContextSource, { kind: "image" }>;
  /** Patterns of its ignore file. */
  readonly ignore: readonly string[];
  readonly buildPlatform: Platform;
  readonly platform: Platform;
  /** One of several platforms: titles say which. */
  readonly isOneOfSeveral: boolean;
  resolve(source: ImageSource, platform: Platform): Promise<StoredImage>;
  warn(warning: BuildWarning): void;
}

export type ImageSource = Extract<ContextSource, { kind: "image" | "layout" }>;

/** SOURCE_DATE_EPOCH as an argument of the build, or with a default above the first FROM. */
export function epochOf(
  args: ReadonlyMap<string, string>,
  globals: ReadonlyMap<string, string>,
): number | undefined {
  const text = args.get("SOURCE_DATE_EPOCH") ?? globals.get("SOURCE_DATE_EPOCH") ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
