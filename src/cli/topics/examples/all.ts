import { containerManuals } from "./container.ts";
import { imageManuals } from "./image.ts";
import type { Manuals } from "./manuals.ts";
import { networkManuals } from "./network.ts";
import { otherManuals } from "./other.ts";
import { processManuals } from "./process.ts";

/** The pages of all commands, by their one name (`container ls`). */
export const manuals: Manuals = {
  ...containerManuals,
  ...processManuals,
  ...imageManuals,
  ...networkManuals,
  ...otherManuals,
};
