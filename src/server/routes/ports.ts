import type { PortService } from "../../engine/services/ports.ts";
import { deleteContainersPorts, getPorts, postContainersPorts } from "../handlers/ports/ports.ts";
import type { Route } from "../route.ts";

/** Beyond Docker's API: see docs/api-extensions.md. */
export const portRoutes: readonly Route<PortService>[] = [
  { method: "GET", path: "/ports", handler: getPorts },
  { method: "POST", path: "/containers/{name}/ports", handler: postContainersPorts },
  { method: "DELETE", path: "/containers/{name}/ports", handler: deleteContainersPorts },
];
