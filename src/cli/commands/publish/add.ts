import type { OpenPort } from "../../../protocol/extensions.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { openPortText } from "../../publish/open-port.ts";
import { parsePublishSpec } from "../../publish/port-spec.ts";

export const publishAddCommand = command({
  usage: "publish add CONTAINER [[IP:][HOST]:]PORT[/PROTOCOL]...",
  flags: {},
  arguments: [2, Number.POSITIVE_INFINITY],
  details: `The container keeps running; the port is there again after its next start.

Examples:
  hull publish add web 127.0.0.1:8080:80
  hull publish add web 80                any free port of the host
  hull publish add dns 5353:53/udp`,
  async run({ positional: [name = "", ...texts] }, terminal, session) {
    const ports = texts.flatMap(parsePublishSpec);
    const engine = await session.engine();
    const path = `/containers/${encodeURIComponent(name)}/ports`;
    const opened = await engine.extension<{ Ports: OpenPort[] }>("POST", path, { body: { Ports: ports } });
    for (const port of opened.Ports) terminal.out(`${openPortText(port)}\n`);
    if (opened.Ports.length === 0) terminal.err(`${name} does not run: opened at its next start\n`);
    return exitCode.ok;
  },
});
