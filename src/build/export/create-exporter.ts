import { messageOf } from "../../errors/engine-error.ts";
import type { ImageComposer } from "../../images/compose/image-composer.ts";
import { log } from "../../lib/log.ts";
import { span } from "../../lib/trace.ts";
import type { Digest } from "../../oci/digest.ts";
import type { BuildRequest, BuildResult } from "../build-request.ts";
import { inlineKey } from "../cache-transport/cache-document.ts";
import type { StepScope } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { Exporter } from "./exporter.ts";
import { composedLayers, imageConfig, type NewLayer } from "./image-config.ts";
import { baseImageOf, snapshotsAbove } from "./image-layers.ts";
import { inlineCache } from "./inline-cache.ts";
import type { ExporterParts, ReadyImage } from "./output-work.ts";
import type { SolvedBuild, SolvedImage } from "./solved-build.ts";
import { writeOutputs } from "./write-outputs.ts";

export type ExportOptions = Parameters<Exporter["export"]>[3];

/** One for each build. */
export function createExporter(parts: ExporterParts): Exporter {
  return new BuildExporter(parts);
}

class BuildExporter implements Exporter {
  readonly #parts: ExporterParts;
  readonly #composer: ImageComposer;
  readonly #ended = new AbortController();
  readonly #early: Promise<unknown>[] = [];

  constructor(parts: ExporterParts) {
    this.#parts = parts;
    this.#composer = parts.images.composer();
  }

  begin(tree: Tree): void {
    if (tree.kind !== "snapshot") return;
    const packing = this.#composer.pack(tree.name, this.#ended.signal).catch((error: unknown) => {
      // It is tried again when the image is made, and fails there.
      log.debug(`cannot pack a layer yet: ${messageOf(error)}`, { snapshot: tree.name });
    });
    this.#early.push(packing);
  }

  // trail: build COPY
  async export(
    solved: SolvedBuild,
    request: BuildRequest,
    scope: StepScope,
    options: ExportOptions = {},
  ): Promise<Omit<BuildResult, "failedChecks">> {
    const needsImage = request.outputs.some(({ kind }) => kind !== "tar");
    const images: ReadyImage[] = [];
    if (needsImage)
      for (const image of solved.images)
        images.push(await this.#make(image, solved, request, scope, options));
    return await span("build.outputs", () =>
      writeOutputs({ images, solved, request, scope, composer: this.#composer, parts: this.#parts }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#early);
    await this.#composer[Symbol.asyncDispose]();
  }

  async #make(
    solved: SolvedImage,
    build: SolvedBuild,
    { squash, cacheTo }: BuildRequest,
    { signal }: StepScope,
    { epoch }: NonNullable<ExportOptions>,
  ): Promise<ReadyImage> {
    const { plan } = solved;
    const base = baseImageOf(plan.top);
    const baseLayers = base ? this.#composer.layersOf(base) : [];
    const layers = await span("build.pack", () =>
      squash ? this.#squashed(solved, base?.chainId, signal) : this.#packed(solved, base?.chainId, signal),
    );
    const composed = composedLayers(baseLayers, layers);
    const inline = cacheTo.some(({ kind }) => kind === "inline")
      ? await inlineCache(build, solved, composed, this.#composer, this.#parts.snapshots, signal)
      : undefined;
    const config = imageConfig(plan, base, layers, {
      squash,
      ...(epoch !== undefined && { epoch }),
      ...(inline && { extra: { [inlineKey]: inline } }),
    });
    return { solved, details: await this.#composer.compose(config, composed), layers: composed };
  }

  /** The layers of all steps, packed side by side. */
  async #packed({ tree }: SolvedImage, base: Digest | undefined, signal: AbortSignal): Promise<NewLayer[]> {
    if (tree.kind === "empty") return [];
    const top = await this.#parts.trees.asSnapshot(tree);
    const snapshots = await snapshotsAbove(this.#parts.snapshots, top, base);
    return await Promise.all(
      snapshots.map(async ({ name, created }) => ({
        packed: await this.#composer.pack(name, signal),
        snapshot: name,
        created,
      })),
    );
  }

  async #squashed({ tree }: SolvedImage, base: Digest | undefined, signal: AbortSignal): Promise<NewLayer[]> {
    if (tree.kind === "empty") return [];
    await using open = await this.#parts.trees.open(tree);
    const packed = await this.#composer.packWhole(open.path, base, signal);
    const created =
      tree.kind === "snapshot" ? (await this.#parts.snapshots.stat(tree.name))?.created : undefined;
    return [{ packed, created }];
  }
}
