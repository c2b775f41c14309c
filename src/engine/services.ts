import type { BuildService } from "./services/builds.ts";
import type { ContainerService } from "./services/containers.ts";
import type { ExecService } from "./services/execs.ts";
import type { ImageService } from "./services/images.ts";
import type { NetworkService } from "./services/networks.ts";
import type { PortService } from "./services/ports.ts";
import type { SystemService } from "./services/system.ts";
import type { VolumeService } from "./services/volumes.ts";

/**
 * What the engine offers, noun by noun. `server/` needs nothing else, and may declare
 * narrower interfaces of its own. Names and ids are as a user typed them; every call
 * throws an EngineError with the sentence to show.
 */
export interface EngineServices {
  readonly containers: ContainerService;
  readonly execs: ExecService;
  readonly images: ImageService;
  readonly volumes: VolumeService;
  readonly networks: NetworkService;
  readonly system: SystemService;
  readonly ports: PortService;
  readonly builds: BuildService;
}
