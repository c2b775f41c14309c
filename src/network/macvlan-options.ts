import { invalidArgument } from "../errors/engine-error.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { interfacePrefix, isInterfaceName, mtuOption, optionNames, refuseUnknown } from "./bridge-options.ts";
import type { MacvlanPlan, ParentPlan } from "./kernel.ts";

/** What the options of a macvlan network say. */
export interface MacvlanOptions {
  readonly parent: string;
  /** Without a parent of the user's, containers reach each other and nobody else. */
  readonly isolated: boolean;
  /** How the parent is made when it is not there; undefined for a plain interface of the host. */
  readonly makeParent?: Omit<ParentPlan, "group">;
  readonly mode: MacvlanPlan["mode"];
  readonly mtu: number;
  readonly interfacePrefix: string;
}

const names = { parent: "parent", mode: "macvlan_mode" } as const;
const known = new Set<string>([
  ...Object.values(names),
  optionNames.mtu,
  optionNames.interfacePrefix,
  optionNames.enableIpv4,
  optionNames.enableIpv6,
]);
const modes: readonly string[] = ["bridge", "private", "vepa", "passthru"] satisfies MacvlanPlan["mode"][];
const isMode = (text: string): text is MacvlanPlan["mode"] => modes.includes(text);

export function macvlanOptions({ id, options }: Pick<NetworkRecord, "id" | "options">): MacvlanOptions {
  refuseUnknown(options, known, "macvlan");
  const mode = options[names.mode] || "bridge";
  if (!isMode(mode))
    throw invalidArgument(
      `requested macvlan mode '${mode}' is not valid, 'bridge' mode is the macvlan driver default`,
    );
  const parent = options[names.parent] || "";
  if (parent !== "" && (!isInterfaceName(parent) || parent === "lo")) {
    throw invalidArgument(
      `${parent === "lo" ? "loopback interface is not a valid macvlan parent link" : `invalid parent interface ${JSON.stringify(parent)}`}`,
    );
  }
  const common = { mode, mtu: mtuOption(options), interfacePrefix: interfacePrefix(options) };
  if (parent === "") {
    const dummy = `dm-${id.slice(0, 12)}`;
    return { ...common, parent: dummy, isolated: true, makeParent: { name: dummy } };
  }
  const [, link, vlan] = /^(.+)\.(\d{1,4})$/.exec(parent) ?? [];
  if (link === undefined) return { ...common, parent, isolated: false };
  const vlanId = Number(vlan);
  if (vlanId < 1 || vlanId > 4094)
    throw invalidArgument(`vlan id must be between 1-4094, received: ${vlanId}`);
  return {
    ...common,
    parent,
    isolated: false,
    makeParent: { name: parent, vlan: { parent: link, id: vlanId } },
  };
}
