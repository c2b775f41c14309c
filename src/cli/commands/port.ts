import { invalidArgument, notFound } from "../../errors/engine-error.ts";
import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { endpointText } from "../forward/forward-spec.ts";

export const portCommand = command({
  usage: "port CONTAINER [PRIVATE_PORT[/PROTO]]",
  flags: {},
  arguments: [1, 2],
  async run({ positional: [name = "", wanted] }, terminal, session) {
    const engine = await session.engine();
    const { NetworkSettings: settings } = await engine.call("ContainerInspect", { params: { id: name } });
    const ports = Object.entries(settings?.Ports ?? {});
    const shown = ({
      HostIp: address,
      HostPort: port,
    }: {
      HostIp?: string | null;
      HostPort?: string | null;
    }) => endpointText(address ?? "", Number(port));
    if (wanted !== undefined) {
      const [port = "", protocol = "tcp"] = wanted.split("/");
      checkPort(port);
      const found = ports.find(([key]) => key === `${port}/${protocol}`)?.[1];
      if (!found?.length) throw notFound(`Error: No public port '${wanted}' published for ${name}`);
      terminal.out(
        found
          .map((binding) => `${shown(binding)}\n`)
          .sort()
          .join(""),
      );
      return exitCode.ok;
    }
    const lines = ports.flatMap(([key, bindings]) =>
      (bindings ?? []).map((binding) => `${key} -> ${shown(binding)}\n`),
    );
    terminal.out(lines.sort(new Intl.Collator("en", { numeric: true }).compare).join(""));
    return exitCode.ok;
  },
});

function checkPort(text: string): void {
  const wrong = (why: string) =>
    invalidArgument(
      `Error: invalid port (${text}): strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`,
    );
  if (!/^\d+$/.test(text)) throw wrong("invalid syntax");
  if (Number(text) > 65_535) throw wrong("value out of range");
}
