import type { AuditedPort } from "../../../protocol/extensions.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { formatList } from "../../format/table.ts";
import { addressText } from "../../publish/open-port.ts";

const layout = {
  columns: "{{.Container}}\t{{.Host}}\t{{.Port}}\t{{.Mode}}",
  headers: {
    Container: "CONTAINER",
    Host: "HOST",
    Port: "PORT",
    Mode: "MODE",
    Via: "VIA",
    ID: "CONTAINER ID",
  },
};

export const publishLsCommand = command({
  usage: "publish ls [OPTIONS] [CONTAINER...]",
  flags: { format: stringFlag("Format output: 'table', 'json' or a template") },
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ values: { format }, positional: names }, terminal, session) {
    const engine = await session.engine();
    const ports = await engine.extension<AuditedPort[]>("GET", "/ports");
    const isAsked = ({ Container, Name }: AuditedPort) =>
      names.length === 0 || names.some((name) => Name === name || Container.startsWith(name));
    const rows = ports.filter(isAsked).map((port) => ({
      Container: port.Name,
      ID: port.Container.slice(0, 12),
      Host: addressText(port),
      Port: `${port.ContainerPort}/${port.Protocol}`,
      Mode: port.Shared ? "shared" : "exclusive",
      Via: port.Via,
    }));
    terminal.out(formatList(layout, rows, { format }));
    return exitCode.ok;
  },
});
