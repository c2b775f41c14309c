import type { ContainerService } from "../../engine/services/containers.ts";
import type { ContainerDefaults } from "../container-defaults.ts";

/** What the container routes stand on. */
export interface ContainersBackend {
  readonly containers: ContainerService;
  readonly defaults: ContainerDefaults;
}
