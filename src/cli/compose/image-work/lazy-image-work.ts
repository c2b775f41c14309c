import type { ImageWork } from "../../../compose/compose-context.ts";
import type { ImageTools } from "./image-tools.ts";

/** Most calls pull and build nothing: the code for it is loaded when something is. */
export function lazyImageWork(tools: ImageTools): ImageWork {
  return {
    pull: async (image, wish) => (await import("./pull.ts")).pull(tools, image, wish),
    push: async (image, wish) => (await import("./push.ts")).push(tools, image, wish),
    build: async (project, service, wish) =>
      (await import("./build.ts")).build(tools, project, service, wish),
  };
}
