import type { EngineClient } from "../../client/engine-client.ts";
import type { LocalPort } from "../../client/forward/dial.ts";
import { conflict, isKind } from "../../errors/engine-error.ts";
import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { listFlag } from "../flags/flag.ts";
import { dialInside } from "../forward/dial-inside.ts";
import { endpointText, parseForwardSpec } from "../forward/forward-spec.ts";
import { openLocalPorts } from "../forward/open-local-ports.ts";
import { untilStopped } from "../forward/until-stopped.ts";

const flags = {
  address: listFlag("Local address to listen on (default 127.0.0.1, and ::1 where there is one)", {
    placeholder: "ADDRESS",
  }),
};

/**
 * Ports of a container on this machine, though they were never published: each connection is
 * joined with one that the engine makes inside of the container's network.
 */
// trail: port-forward
export const portForwardCommand = command({
  usage: "port-forward [OPTIONS] CONTAINER [[ADDRESS:]LOCAL:]REMOTE[/udp]...",
  flags,
  arguments: [2, Number.POSITIVE_INFINITY],
  details: `Examples:
  hull port-forward web 80             port 80 of web on local port 80, or on a free one
  hull port-forward web 8080:80 :443   on 8080, and on any free one
  hull port-forward db 0.0.0.0:5432:5432
  hull port-forward dns 5353:53/udp`,
  async run({ values, positional: [name = "", ...texts] }, terminal, session) {
    const specs = texts.map(parseForwardSpec);
    const engine = await session.engine();
    await checkContainer(engine, name);
    const stop = new AbortController();
    const ports: LocalPort[] = [];
    try {
      for (const spec of specs) {
        const dial = dialInside(engine, name, spec);
        const opened = await openLocalPorts(spec, values.address, dial, terminal, session);
        ports.push(...opened);
        const shown = spec.protocol === "tcp" ? String(spec.remote) : `${spec.remote}/udp`;
        for (const { address, port } of opened) {
          terminal.out(`Forwarding ${endpointText(address, port)} -> ${shown}\n`);
        }
      }
      terminal.err("Reachable while this runs; Ctrl-C ends it.\n");
      await untilStopped(stop.signal);
    } finally {
      for (const port of ports) port.close();
    }
    return exitCode.ok;
  },
});

/** A container that is not there or does not run is better said now than at the first connection. */
async function checkContainer(engine: EngineClient, name: string): Promise<void> {
  const { State: state } = await engine.call("ContainerInspect", { params: { id: name } });
  if (!state?.Running) {
    throw conflict(`container ${name} is not running: start it before its ports can be reached`);
  }
  // Asks for no port: a Hull engine says so, another one does not know the page.
  await engine.extension("POST", `/containers/${encodeURIComponent(name)}/forward`).catch((error) => {
    if (!isKind(error, "invalid_argument")) throw error;
  });
}
