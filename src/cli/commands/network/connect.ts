import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { integerFlag, listFlag, mapFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  alias: listFlag("Add network-scoped alias for the container", { placeholder: "strings" }),
  "driver-opt": mapFlag("driver options for the network", { placeholder: "strings" }),
  "gw-priority": integerFlag(
    "Highest gw-priority provides the default gateway. Accepts positive and negative values.",
  ),
  ip: stringFlag('IPv4 address (e.g., "172.30.100.104")'),
  ip6: stringFlag('IPv6 address (e.g., "2001:db8::33")'),
  link: listFlag("Add link to another container"),
  "link-local-ip": listFlag("Add a link-local address for the container", { placeholder: "strings" }),
};

export const connectNetworkCommand = command({
  usage: "network connect [OPTIONS] NETWORK CONTAINER",
  flags,
  arguments: [2, 2],
  async run({ values, positional: [id = "", container = ""] }, _, session) {
    const engine = await session.engine();
    await engine.call("NetworkConnect", {
      params: { id },
      body: {
        Container: container,
        EndpointConfig: {
          Aliases: [...values.alias],
          DriverOpts: values["driver-opt"],
          GwPriority: values["gw-priority"],
          Links: [...values.link],
          IPAMConfig: {
            ...(values.ip !== "" && { IPv4Address: values.ip }),
            ...(values.ip6 !== "" && { IPv6Address: values.ip6 }),
            ...(values["link-local-ip"].length > 0 && { LinkLocalIPs: [...values["link-local-ip"]] }),
          },
        },
      },
    });
    return exitCode.ok;
  },
});
