import type { BuildWish } from "../../../compose/compose-context.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { Service } from "../../../compose/model/service.ts";
import { notImplemented } from "../../../errors/engine-error.ts";
import type { ImageTools } from "./image-tools.ts";

export function build(_: ImageTools, __: Project, service: Service, ___: BuildWish): Promise<string> {
  return Promise.reject(
    notImplemented(`images cannot be built yet (service ${JSON.stringify(service.name)})`),
  );
}
