import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";

/** Which of these images the engine has, by the names they were asked for. */
export async function localImages(
  engine: EngineClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: string }>> {
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => {
      try {
        const { Id: id } = await engine.call("ImageInspect", { params: { name } });
        return [[name, { id: id ?? "" }]] as const;
      } catch (error) {
        if (isKind(error, "not_found")) return [];
        throw error;
      }
    }),
  );
  return new Map(found.flat());
}
