import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { serviceOf } from "../select/select-services.ts";
import { createForStart } from "./create.ts";
import type { StartDependencies } from "./deeds.ts";
import { runConditions, startRun } from "./start.ts";

/** What a one-off container of a service depends on is brought up, and waited for as the service says. */
export const startDependencies: StartDependencies = async (context, project, name, options) => {
  const service = serviceOf(project, name);
  const others = withoutService(project, name);
  const created = await createForStart(context, others, { ...options, services: [] });
  const start = { wait: false, waitTimeout: undefined };
  if (Object.keys(created.project.services).length > 0) await startRun(context, created, start);
  await runConditions(context, created, service);
  return created;
};

/** The project without one service, and nothing in it that waits for that one. */
function withoutService(project: Project, name: string): Project {
  const services = Object.entries(project.services).filter(([other]) => other !== name);
  const removed = project.services[name];
  return {
    ...project,
    services: Object.fromEntries(
      services.map(([other, service]) => [other, withoutDependency(service, name)]),
    ),
    disabledServices: { ...project.disabledServices, ...(removed && { [name]: removed }) },
  };
}

function withoutDependency(service: Service, name: string): Service {
  const { [name]: _, ...rest } = service.depends_on ?? {};
  return { ...service, depends_on: rest };
}
