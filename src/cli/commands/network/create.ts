import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, listFlag, mapFlag, optionalBooleanFlag, stringFlag } from "../../flags/flag.ts";
import { ipamConfig } from "./ipam-config.ts";

const empty = { defaultText: "map[]" };
const strings = { placeholder: "strings" };
const flags = {
  attachable: booleanFlag("Enable manual container attachment"),
  "aux-address": mapFlag("Auxiliary IPv4 or IPv6 addresses used by Network driver", empty),
  "config-from": stringFlag("The network from which to copy the configuration"),
  "config-only": booleanFlag("Create a configuration only network"),
  driver: stringFlag("Driver to manage the Network", { short: "d", initial: "bridge" }),
  gateway: listFlag("IPv4 or IPv6 Gateway for the master subnet", strings),
  ingress: booleanFlag("Create swarm routing-mesh network"),
  internal: booleanFlag("Restrict external access to the network"),
  "ip-range": listFlag("Allocate container ip from a sub-range", strings),
  "ipam-driver": stringFlag("IP Address Management Driver", { initial: "default" }),
  "ipam-opt": mapFlag("Set IPAM driver specific options", empty),
  ipv4: optionalBooleanFlag("Enable or disable IPv4 address assignment", { defaultText: "true" }),
  ipv6: optionalBooleanFlag("Enable or disable IPv6 address assignment"),
  label: mapFlag("Set metadata on a network", { placeholder: "list" }),
  opt: mapFlag("Set driver specific options", { short: "o", ...empty }),
  scope: stringFlag("Control the network's scope"),
  subnet: listFlag("Subnet in CIDR format that represents a network segment", strings),
};

export const createNetworkCommand = command({
  usage: "network create [OPTIONS] NETWORK",
  flags,
  arguments: [1, 1],
  async run({ values, positional: [name = ""] }, terminal, session) {
    const split = (list: readonly string[]) => list.flatMap((text) => text.split(","));
    const config = ipamConfig({
      subnets: split(values.subnet),
      ranges: split(values["ip-range"]),
      gateways: split(values.gateway),
      auxiliary: values["aux-address"],
    });
    const engine = await session.engine();
    const created = await engine.call("NetworkCreate", {
      body: {
        Name: name,
        Driver: values.driver,
        Options: values.opt,
        Labels: values.label,
        Internal: values.internal,
        Attachable: values.attachable,
        Ingress: values.ingress,
        ConfigOnly: values["config-only"],
        ...(values["config-from"] !== "" && { ConfigFrom: { Network: values["config-from"] } }),
        ...(values.scope !== "" && { Scope: values.scope }),
        ...(values.ipv4 !== undefined && { EnableIPv4: values.ipv4 }),
        ...(values.ipv6 !== undefined && { EnableIPv6: values.ipv6 }),
        IPAM: { Driver: values["ipam-driver"], Options: values["ipam-opt"], Config: config },
      },
    });
    terminal.out(`${created.Id}\n`);
    return exitCode.ok;
  },
});
