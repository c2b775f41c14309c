import type { OpenPort } from "../../../protocol/extensions.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { openPortText } from "../../publish/open-port.ts";
import { parseClosingSpec } from "../../publish/port-spec.ts";

export const publishRmCommand = command({
  usage: "publish rm CONTAINER [IP:]HOST[:PORT][/PROTOCOL]...",
  flags: {},
  arguments: [2, Number.POSITIVE_INFINITY],
  details: `New connections are refused from then on; those that are open stay.

Examples:
  hull publish rm web 8080
  hull publish rm web 127.0.0.1:8080:80`,
  async run({ positional: [name = "", ...texts] }, terminal, session) {
    const ports = texts.map(parseClosingSpec);
    const engine = await session.engine();
    const path = `/containers/${encodeURIComponent(name)}/ports`;
    const closed = await engine.extension<{ Ports: OpenPort[] }>("DELETE", path, { body: { Ports: ports } });
    for (const port of closed.Ports) terminal.out(`${openPortText(port)}\n`);
    return exitCode.ok;
  },
});
