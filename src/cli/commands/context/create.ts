import { conflict, invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { checkContextName, defaultContext } from "../../config/context-store.ts";
import { contextStore, currentContext, defaultContextMeta } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";
import { endpointFlag, endpointHelp, endpointOf } from "./endpoint-options.ts";

const flags = {
  description: stringFlag("Description of the context"),
  docker: endpointFlag(),
  from: stringFlag("create context from a named context"),
};

export const createContextCommand = command({
  usage: "context create [OPTIONS] CONTEXT",
  flags,
  arguments: [1, 1],
  details: endpointHelp("create"),
  async run({ values, given, positional: [name = ""] }, terminal, session) {
    checkContextName(name);
    const store = contextStore(session);
    if (store.has(name)) throw conflict(`context ${JSON.stringify(name)} already exists`);
    if (values.docker) {
      const { endpoint, tls } = endpointOf(values.docker, session, "create");
      const { description } = values;
      store.put(
        { Name: name, Metadata: metadata(description), Endpoints: { docker: endpoint } },
        tls ? { docker: tls } : {},
      );
    } else await copy(name, values.from, given.has("description") ? values.description : undefined, session);
    terminal.out(`${name}\n`);
    terminal.err(`Successfully created context ${JSON.stringify(name)}\n`);
    return exitCode.ok;
  },
});

/** Without an endpoint of its own a context is what another one, or the current one, is now. */
async function copy(
  name: string,
  from: string,
  description: string | undefined,
  session: Session,
): Promise<void> {
  const source = from || (await currentContext(session));
  const store = contextStore(session);
  const isDefault = source === defaultContext;
  const meta = isDefault ? defaultContextMeta(session) : store.get(source);
  if (!meta.Endpoints.docker)
    throw invalidArgument(`context ${JSON.stringify(source)} has no docker endpoint`);
  const inherited = isDefault ? { Description: "Current DOCKER_HOST based configuration" } : meta.Metadata;
  const Metadata = description === undefined ? inherited : { ...inherited, ...metadata(description) };
  store.put({ ...meta, Name: name, Metadata }, isDefault ? {} : store.tlsFiles(source));
}

export function metadata(description: string): { Description?: string } {
  return description === "" ? {} : { Description: description };
}
