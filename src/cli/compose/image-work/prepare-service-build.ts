import type { EngineClient } from "../../../client/engine-client.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { Service } from "../../../compose/model/service.ts";
import { imageName } from "../../../compose/names.ts";
import { serviceOf } from "../../../compose/select/select-services.ts";
import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { buildVariables } from "../../build/build-variables.ts";
import { buildSource } from "../../build/context-source.ts";
import { agentWanted, checkAgent } from "../../build/lend-agents.ts";
import { type Secret, secretOfFile, secretOfVariable } from "../../build/lend-secrets.ts";
import { readCaches } from "../../build/local-caches.ts";
import { namedContexts } from "../../build/named-contexts.ts";
import type { PreparedBuild } from "../../build/prepare-build.ts";
import type { Session } from "../../session.ts";
import type { ServiceBuild } from "./service-build.ts";

/** Reads what the build needs from this machine, before the engine is asked for anything. */
export async function prepareServiceBuild(
  project: Project,
  service: Service,
  { flags, place, inline, args, pushesIndex }: ServiceBuild,
  { session, engine }: { readonly session: Session; readonly engine: EngineClient },
): Promise<PreparedBuild> {
  const { env, globals } = session;
  const agents = flags.ssh.map((text) => agentWanted(text, { ...env, ...project.environment }));
  await Promise.all(agents.map(checkAgent));
  const host = globals.hosts[0] ?? env.DOCKER_HOST ?? "";
  const source = await buildSource(place, flags.file, () => Promise.resolve(inline ?? ""));
  if (source.kind === "stdin") throw notImplemented("building from STDIN is not supported");
  if (source.kind === "remote" && inline !== undefined) {
    throw notImplemented(
      `service ${JSON.stringify(service.name)}: dockerfile_inline needs a context that is a directory, not ${place}`,
    );
  }
  return {
    flags,
    source,
    agents,
    variables: buildVariables(args, project.environment, await session.config(), host),
    outputs: pushesIndex
      ? [
          { type: "image", push: false, names: [] },
          { type: "registry", names: [] },
        ]
      : [],
    secrets: secretsOf(project, service),
    contexts: namedContexts(await contextWords(project, service, engine)),
    cacheFrom: readCaches(flags["cache-from"], "src"),
    cacheTo: readCaches(flags["cache-to"], "dest"),
  };
}

/** By the name the Dockerfile uses. */
function secretsOf(project: Project, { build }: Service): Secret[] {
  return (build?.secrets ?? []).map(({ source, target }) => {
    const { file, environment } = project.secrets[source] ?? {};
    const id = target || source;
    if (file !== undefined) return secretOfFile(id, file);
    if (environment !== undefined) return secretOfVariable(id, environment, project.environment);
    throw invalidArgument(
      `build.secrets only supports environment or file-based secrets: ${JSON.stringify(source)}`,
    );
  });
}

/** What another service has built is named by its id: its name may not be known to any registry. */
async function contextWords(project: Project, { build }: Service, engine: EngineClient): Promise<string[]> {
  return await Promise.all(
    Object.entries(build?.additional_contexts ?? {}).map(async ([name, place]) => {
      if (!place.startsWith("service:")) return `${name}=${place}`;
      const image = imageName(project, serviceOf(project, place.slice("service:".length)));
      const { Id: id } = await engine.call("ImageInspect", { params: { name: image } });
      return `${name}=docker-image://${id}`;
    }),
  );
}
