import { formatPlatform } from "../../oci/platform.ts";
import type { Op } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { OpMaker } from "./op-parts.ts";

/** FROM an image that is here: its layers, unpacked. */
export const imageOp: OpMaker<"image"> = ({ image, title, fresh }, { images, trees }): Op => ({
  title,
  ...(fresh && { fresh: true }),
  inputs: [],
  facts: async () => ({ operation: "image", image: image.id, platform: formatPlatform(image.config) }),
  run: async (): Promise<Tree> => {
    const name = await images.unpacked(image);
    // A name of the builder's own: the image may be removed, and the cache pruned, each by itself.
    return name === undefined ? { kind: "empty" } : await trees.alias({ kind: "snapshot", name });
  },
});
