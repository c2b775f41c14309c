import type { Builder } from "../build/build.ts";
import { notImplemented } from "../errors/engine-error.ts";

/** Stands where the builder will: nothing is built yet, so there is no cache. */
export const builderToCome: Builder = {
  build: async () => {
    throw notImplemented("building images is not implemented yet");
  },
  prune: async () => ({ deleted: [], reclaimed: 0 }),
  usage: async () => [],
  repair: async () => [],
};
