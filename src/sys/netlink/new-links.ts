import {
  IFLA_ADDRESS,
  IFLA_GROUP,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MACVLAN_MODE,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_NET_NS_FD,
  IFLA_VLAN_ID,
  linkHeader,
  RTM_NEWLINK,
  VETH_INFO_PEER,
} from "./link-message.ts";
import {
  type Attribute,
  hardwareAddress,
  NLM_F_CREATE,
  NLM_F_EXCL,
  type Request,
  text,
  u16,
  u32,
} from "./message.ts";

export interface NewBridge {
  readonly name: string;
  readonly macAddress?: string;
  readonly mtu?: number;
  readonly group: number;
}

export function addBridge(bridge: NewBridge): Request {
  const attributes: Attribute[] = [
    [IFLA_IFNAME, text(bridge.name)],
    [IFLA_GROUP, u32(bridge.group)],
    [IFLA_LINKINFO, [[IFLA_INFO_KIND, text("bridge")]]],
  ];
  if (bridge.macAddress) attributes.push([IFLA_ADDRESS, hardwareAddress(bridge.macAddress)]);
  if (bridge.mtu) attributes.push([IFLA_MTU, u32(bridge.mtu)]);
  return { type: RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, header: linkHeader(0), attributes };
}

export interface NewVeth {
  readonly name: string;
  readonly bridgeIndex: number;
  readonly group: number;
  readonly mtu: number;
  readonly peerName: string;
  readonly peerMacAddress: string;
  /** Open file of the namespace the peer is born in: it is never seen in ours. */
  readonly peerNamespaceFd: number;
}

export function addVeth(veth: NewVeth): Request {
  const peer = Buffer.concat([linkHeader(0), ...encodePeer(veth)]);
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    header: linkHeader(0),
    attributes: [
      [IFLA_IFNAME, text(veth.name)],
      [IFLA_MTU, u32(veth.mtu)],
      [IFLA_GROUP, u32(veth.group)],
      [IFLA_MASTER, u32(veth.bridgeIndex)],
      [
        IFLA_LINKINFO,
        [
          [IFLA_INFO_KIND, text("veth")],
          [IFLA_INFO_DATA, [[VETH_INFO_PEER, peer]]],
        ],
      ],
    ],
  };
}

/** The peer's attributes follow a link header of their own, so they are laid out here by hand. */
function encodePeer(veth: NewVeth): Buffer[] {
  const parts: [number, Buffer][] = [
    [IFLA_IFNAME, text(veth.peerName)],
    [IFLA_MTU, u32(veth.mtu)],
    [IFLA_ADDRESS, hardwareAddress(veth.peerMacAddress)],
    [IFLA_NET_NS_FD, u32(veth.peerNamespaceFd)],
  ];
  return parts.map(([type, value]) => encodeAttribute(type, value));
}

function encodeAttribute(type: number, value: Buffer): Buffer {
  const data = Buffer.alloc((4 + value.length + 3) & ~3);
  data.writeUInt16LE(4 + value.length, 0);
  data.writeUInt16LE(type, 2);
  data.set(value, 4);
  return data;
}

const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
export type MacvlanMode = keyof typeof macvlanModes;

export interface NewMacvlan {
  readonly name: string;
  readonly parentIndex: number;
  readonly mode: MacvlanMode;
  readonly mtu: number;
  readonly macAddress: string;
  /** Open file of the namespace it is born in. */
  readonly namespaceFd: number;
}

export function addMacvlan(link: NewMacvlan): Request {
  return newLink(
    link.name,
    "macvlan",
    [[IFLA_MACVLAN_MODE, u32(macvlanModes[link.mode])]],
    [
      [IFLA_LINK, u32(link.parentIndex)],
      [IFLA_MTU, u32(link.mtu)],
      [IFLA_NET_NS_FD, u32(link.namespaceFd)],
      // In passthru mode it has the parent's own.
      ...(link.mode === "passthru" ? [] : [[IFLA_ADDRESS, hardwareAddress(link.macAddress)] as const]),
    ],
  );
}

/** The frames of one VLAN of the parent (802.1Q). */
export function addVlan(link: {
  readonly name: string;
  readonly parentIndex: number;
  readonly id: number;
  readonly group: number;
}): Request {
  return newLink(
    link.name,
    "vlan",
    [[IFLA_VLAN_ID, u16(link.id)]],
    [
      [IFLA_LINK, u32(link.parentIndex)],
      [IFLA_GROUP, u32(link.group)],
    ],
  );
}

/** A link that leads nowhere. */
export function addDummy(link: { readonly name: string; readonly group: number }): Request {
  return newLink(link.name, "dummy", [], [[IFLA_GROUP, u32(link.group)]]);
}

/** Two links that lead to each other. */
export function addPair(link: {
  readonly name: string;
  readonly peerName: string;
  readonly group: number;
}): Request {
  const peer = Buffer.concat([
    linkHeader(0),
    encodeAttribute(IFLA_IFNAME, text(link.peerName)),
    encodeAttribute(IFLA_GROUP, u32(link.group)),
  ]);
  return newLink(link.name, "veth", [[VETH_INFO_PEER, peer]], [[IFLA_GROUP, u32(link.group)]]);
}

function newLink(
  name: string,
  kind: string,
  data: readonly Attribute[],
  attributes: readonly Attribute[],
): Request {
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    header: linkHeader(0),
    attributes: [
      [IFLA_IFNAME, text(name)],
      ...attributes,
      [
        IFLA_LINKINFO,
        [
          [IFLA_INFO_KIND, text(kind)],
          [IFLA_INFO_DATA, data],
        ],
      ],
    ],
  };
}
