import type { AuditedPort } from "../../../protocol/extensions.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { formatList } from "../../format/table.ts";
import { addressText } from "../../publish/open-port.ts";

const layout = {
  columns: "{{.Container}}\t{{.Host}}\t{{.Port}}\t{{.Reach}}\t{{.Addresses}}",
  headers: {
    Container: "CONTAINER",
    Host: "PUBLISHED ON",
    Port: "PORT",
    Reach: "REACHED BY",
    Addresses: "AT",
    Warnings: "WARNINGS",
  },
};

const words = { loopback: "this machine", lan: "local network", world: "WORLD" } as const;

/** The widest first: what everybody reaches is what somebody looks for here. */
const width = (port: AuditedPort): number =>
  port.Reach.includes("world") ? 2 : port.Reach.includes("lan") ? 1 : 0;

export const publishAuditCommand = command({
  usage: "publish audit [OPTIONS]",
  flags: { format: stringFlag("Format output: 'table', 'json' or a template") },
  arguments: [0, 0],
  details: `"local network" means addresses that only private networks have; a router may still pass the
world on to them. "world" means that the host has a public address the port answers on.`,
  async run({ values: { format } }, terminal, session) {
    const engine = await session.engine();
    const ports = await engine.extension<AuditedPort[]>("GET", "/ports");
    if (format === "json") {
      terminal.out(`${JSON.stringify(ports, undefined, 2)}\n`);
      return exitCode.ok;
    }
    const sorted = [...ports].sort((a, b) => width(b) - width(a));
    const rows = sorted.map((port) => ({
      Container: port.Name,
      Host: addressText(port),
      Port: `${port.ContainerPort}/${port.Protocol}`,
      Reach: port.Reach.map((reach) => words[reach]).join(", ") || "containers",
      Addresses: port.Addresses.join(", "),
      Warnings: port.Warnings.join("; "),
    }));
    terminal.out(formatList(layout, rows, { format }));
    if (format === "" || format === "table") {
      for (const port of sorted) {
        for (const warning of port.Warnings) {
          terminal.out(`! ${port.Name} ${addressText(port)}: ${warning}\n`);
        }
      }
    }
    return exitCode.ok;
  },
});
