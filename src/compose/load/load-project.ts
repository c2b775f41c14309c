import { notImplemented } from "../../errors/engine-error.ts";
import type { Project } from "../model/project.ts";
import type { LoadSteps, ProjectOptions } from "./project-options.ts";
import type { Origin, VariableOrigin } from "./provenance.ts";

export interface LoadedProject {
  readonly project: Project;
  /** By path; made when it is asked for. */
  origins(): ReadonlyMap<string, Origin>;
  /** Every variable the files speak of, by name; made when it is asked for. */
  variables(): ReadonlyMap<string, VariableOrigin>;
}

/** Reads, expands, merges, checks and completes a project. Throws an EngineError that names file, line and column. */
export type LoadProject = (options: ProjectOptions, steps?: LoadSteps) => Promise<LoadedProject>;

export const loadProject: LoadProject = () =>
  Promise.reject(notImplemented("compose files cannot be read yet"));
