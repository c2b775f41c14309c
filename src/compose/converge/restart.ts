import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { observeContainers } from "../observe/observe-project.ts";
import { selectServices } from "../select/select-services.ts";
import { ContainerWatch } from "./apply/container-watch.ts";
import { Convergence } from "./apply/convergence.ts";
import { performStep } from "./apply/perform-step.ts";
import { runPlan } from "./apply/run-plan.ts";
import type { Restart } from "./deeds.ts";
import { planRestart } from "./plan/plan-restart.ts";
import { targetProject } from "./target-project.ts";

/** Containers are restarted, and with them those whose `depends_on` asks for it. */
export const restart: Restart = async (
  context,
  target,
  { services, noDependencies, timeout, onHookLine },
) => {
  const found = await targetProject(context, target);
  const all = found.containers ?? (await observeContainers(context.engine, found.project.name));
  const containers = all.filter(({ oneOff }) => !oneOff);
  const project = restartedProject(found.project, services, noDependencies);
  const version = await context.engine.version();
  const observed = { name: project.name, containers, networks: [], volumes: [] };
  const none = { timeout, renewAnonymousVolumes: false };
  const run = new Convergence(context, project, none, new Map(), version, observed);
  using watch = new ContainerWatch(context.engine, project.name);
  const performer = { run, watch, onHookLine };
  await runPlan(
    planRestart(project, containers).steps,
    (step, halted) => performStep(performer, step, halted),
    context,
  );
};

/** Only dependencies that ask for it order a restart, and bring dependents along. */
function restartedProject(project: Project, names: readonly string[], alone: boolean): Project {
  const base = alone ? selectServices(project, names, "none") : project;
  const services = Object.fromEntries(
    Object.entries(base.services).map(([name, service]) => [name, withRestarts(service)]),
  );
  return selectServices({ ...base, services }, names, "dependents");
}

function withRestarts(service: Service): Service {
  const kept = Object.entries(service.depends_on ?? {}).filter(([, { restart }]) => restart);
  return { ...service, depends_on: Object.fromEntries(kept) };
}
