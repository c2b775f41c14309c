import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import type { ObservedProject } from "../../observe/observed.ts";
import type { UpOptions } from "../up-options.ts";

/** All a plan is made of: what is wanted, what is there, how to go about it. */
export interface Situation {
  readonly project: Project;
  readonly observed: ObservedProject;
  readonly options: UpOptions;
  /** Ids by service; missing where the image is yet to come. */
  readonly imageIds: ReadonlyMap<string, string>;
  readonly hashes: Hashes;
  /** Ids of containers that were there when the call began; absent: all that are. */
  readonly begun?: ReadonlySet<string>;
  /** Keys of volumes that are other than the files say and may be made anew. */
  readonly replaceVolumes: ReadonlySet<string>;
}

export interface Hashes {
  service(service: Service): string;
  network(network: Project["networks"][string]): string;
  volume(volume: Project["volumes"][string]): string;
}
