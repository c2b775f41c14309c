import { conflict } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { defaultContext } from "../../config/context-store.ts";
import { contextStore } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { metadata } from "./create.ts";
import { endpointFlag, endpointHelp, endpointOf } from "./endpoint-options.ts";

const flags = {
  description: stringFlag("Description of the context"),
  docker: endpointFlag(),
};

export const updateContextCommand = command({
  usage: "context update [OPTIONS] CONTEXT",
  flags,
  arguments: [1, 1],
  details: endpointHelp("update"),
  async run({ values, positional: [name = ""] }, terminal, session) {
    if (name === defaultContext) throw conflict('"default" is a reserved context name');
    const store = contextStore(session);
    const meta = store.get(name);
    const changed = values.docker ? endpointOf(values.docker, session, "create") : undefined;
    const { docker: _, ...otherTls } = store.tlsFiles(name);
    const tls = changed ? { ...otherTls, ...(changed.tls && { docker: changed.tls }) } : store.tlsFiles(name);
    store.put(
      {
        Name: name,
        Metadata: { ...meta.Metadata, ...metadata(values.description) },
        Endpoints: changed ? { ...meta.Endpoints, docker: changed.endpoint } : meta.Endpoints,
      },
      tls,
    );
    terminal.out(`${name}\n`);
    terminal.err(`Successfully updated context ${JSON.stringify(name)}\n`);
    return exitCode.ok;
  },
});
