import { notImplemented } from "../../errors/engine-error.ts";
import type { ComposeContext } from "../compose-context.ts";
import { withApiSocket } from "../create/api-socket.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { selectServices, serviceOf } from "../select/select-services.ts";
import type { UpOptions } from "./up-options.ts";

/** The project as these options want it: services chosen, scales and policies put into it. */
export function prepareProject(
  { credentials }: Pick<ComposeContext, "credentials">,
  project: Project,
  options: UpOptions,
): Project {
  const follow = options.noDependencies ? "none" : "dependencies";
  const chosen = selectServices(project, options.services, follow);
  for (const name of options.scale.keys()) serviceOf(project, name);
  const services = Object.values(chosen.services).map((service) => prepared(service, options));
  for (const service of services) refuse(service);
  return withApiSocket(
    { ...chosen, services: Object.fromEntries(services.map((service) => [service.name, service])) },
    credentials ?? (() => "{}"),
  );
}

function prepared(service: Service, { pull, build, scale }: UpOptions): Service {
  const number = scale.get(service.name);
  const builds = build === "always" && service.build !== undefined;
  const policy = builds ? "build" : pull === "policy" ? undefined : pull;
  const { replicas: _, ...deploy } = service.deploy ?? {};
  return {
    ...service,
    ...(policy !== undefined && { pull_policy: policy }),
    ...(number !== undefined && { scale: number }),
    ...(number !== undefined && service.deploy && { deploy: { ...deploy, replicas: number } }),
  };
}

/** Programs and models beside the engine are not ours to run. */
function refuse({ name, provider, models }: Service): void {
  if (provider) {
    throw notImplemented(
      `services.${name}.provider: the program ${JSON.stringify(provider.type)} stands for the service: ` +
        "hull compose runs containers only",
    );
  }
  if (models && Object.keys(models).length > 0) {
    throw notImplemented(
      `services.${name}.models: the engine runs no models: run one as a service, and give its address by environment`,
    );
  }
}
