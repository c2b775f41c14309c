import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { withProfiles } from "../select/profiles.ts";
import { checkConsistency } from "./check/consistency.ts";
import { resolveServiceEnvironments, resolveServiceLabels } from "./complete/service-files.ts";
import { projectOf } from "./decode/project-of.ts";
import { loadModel } from "./load-model.ts";
import type { LoadSteps, ProjectOptions } from "./project-options.ts";
import { originsOf } from "./provenance/origins.ts";
import { Recorder } from "./provenance/recorder.ts";
import { variableOrigins } from "./provenance/variables.ts";
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

// trail: compose up, compose config
export const loadProject: LoadProject = async (options, steps = {}) => {
  const loaded = await loadModel(options, steps);
  let project = withProfiles(projectOf(loaded), loaded.options.profiles);
  if (steps.checkConsistency !== false) {
    checkConsistency(project, loaded.model);
    project = withReplicasOfScale(project);
  }
  if (steps.resolveEnvironment !== false) {
    project = resolveServiceEnvironments(project, { discard: true });
  }
  project = resolveServiceLabels(project, { discard: steps.discardLabelFiles === true });
  return {
    project,
    origins: () => {
      const recorder = new Recorder();
      return originsOf(loaded.replay(recorder), recorder);
    },
    variables: () => {
      const recorder = new Recorder();
      loaded.replay(recorder);
      return variableOrigins(loaded, recorder);
    },
  };
};

/** `scale` is said again in `deploy.replicas`, where there is a `deploy`. */
function withReplicasOfScale(project: Project): Project {
  const align = (service: Service): Service =>
    service.scale === undefined || service.deploy === undefined
      ? service
      : { ...service, deploy: { ...service.deploy, replicas: service.scale } };
  const services = Object.entries(project.services).map(([name, service]) => [name, align(service)]);
  return { ...project, services: Object.fromEntries(services) };
}
