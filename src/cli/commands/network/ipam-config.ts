import { BlockList, isIP } from "node:net";
import { invalidArgument } from "../../../errors/engine-error.ts";

export interface IpamFlags {
  readonly subnets: readonly string[];
  readonly ranges: readonly string[];
  readonly gateways: readonly string[];
  readonly auxiliary: Readonly<Record<string, string>>;
}

interface SubnetConfig {
  Subnet: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

/** Ranges, gateways and addresses belong to the subnet they lie in; Docker's sentences for what fits nowhere. */
export function ipamConfig({ subnets, ranges, gateways, auxiliary }: IpamFlags): SubnetConfig[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw invalidArgument("every ip-range or gateway must have a corresponding subnet");
  }
  const configs: SubnetConfig[] = [];
  for (const subnet of subnets) {
    for (const { Subnet: other } of configs) {
      if (lies(addressOf(subnet), other) || lies(addressOf(other), subnet)) {
        throw invalidArgument("multiple overlapping subnet configuration is not supported");
      }
    }
    configs.push({ Subnet: subnet });
  }
  const homeOf = (address: string, what: string) => {
    const home = configs.find(({ Subnet: subnet }) => lies(addressOf(address), subnet));
    if (!home) throw invalidArgument(`no matching subnet for ${what} ${address}`);
    return home;
  };
  for (const range of ranges) {
    const home = homeOf(range, "range");
    if (home.IPRange !== undefined) {
      throw invalidArgument(
        `cannot configure multiple ranges (${range}, ${home.IPRange}) on the same subnet (${home.Subnet})`,
      );
    }
    home.IPRange = range;
  }
  for (const gateway of gateways) {
    const home = homeOf(gateway, "gateway");
    if (home.Gateway !== undefined) {
      throw invalidArgument(
        `cannot configure multiple gateways (${gateway}, ${home.Gateway}) for the same subnet (${home.Subnet})`,
      );
    }
    home.Gateway = gateway;
  }
  for (const [name, address] of Object.entries(auxiliary)) {
    const home = homeOf(address, "aux-address");
    home.AuxiliaryAddresses = { ...home.AuxiliaryAddresses, [name]: address };
  }
  return configs;
}

function addressOf(text: string): string {
  return text.split("/")[0] ?? "";
}

function lies(address: string, subnet: string): boolean {
  const [network = "", size = ""] = subnet.split("/");
  const family = isIP(network);
  if (family === 0 || !/^\d+$/.test(size)) throw invalidArgument(`invalid CIDR address: ${subnet}`);
  if (isIP(address) !== family) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(network, Number(size), type);
  return block.check(address, type);
}
