import { isKind } from "../../errors/engine-error.ts";
import { errnoOf } from "../errno-of.ts";
import {
  type Attribute,
  hardwareAddress,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  parseAttributes,
  type Reply,
  type Request,
  readHardwareAddress,
  readText,
  text,
  u8,
  u16,
  u32,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_STATS64 = 23;
const IFLA_AF_SPEC = 26;
const IFLA_GROUP = 27;
const IFLA_NET_NS_FD = 28;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_INFO_SLAVE_DATA = 5;
const IFLA_INET6_ADDR_GEN_MODE = 8;
const IN6_ADDR_GEN_MODE_NONE = 1;
const VETH_INFO_PEER = 1;
const IFLA_MACVLAN_MODE = 1;
const IFLA_VLAN_ID = 1;
const IFLA_BRPORT_MODE = 4;
const IFLA_BRPORT_ISOLATED = 33;
const AF_INET6 = 10;

const IFF_UP = 0x1;

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly kind: string;
  readonly up: boolean;
  /** Index of the bridge this link is a port of; 0 for none. */
  readonly master: number;
  readonly macAddress: string;
  readonly mtu: number;
  /** A number any owner may write on a link; we mark ours with it. */
  readonly group: number;
  readonly counters: readonly bigint[];
}

/** `struct ifinfomsg` */
function linkHeader(index: number, flags = 0, change = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(change, 12);
  return header;
}

function parseLink(reply: Reply): Link {
  const attributes = parseAttributes(reply.payload.subarray(16));
  const info = attributes.get(IFLA_LINKINFO);
  const stats = attributes.get(IFLA_STATS64);
  const counters: bigint[] = [];
  for (let at = 0; stats && at + 8 <= stats.length && counters.length < 8; at += 8) {
    counters.push(stats.readBigUInt64LE(at));
  }
  return {
    index: reply.payload.readInt32LE(4),
    name: readText(attributes.get(IFLA_IFNAME)),
    kind: info ? readText(parseAttributes(info).get(IFLA_INFO_KIND)) : "",
    up: (reply.payload.readUInt32LE(8) & IFF_UP) !== 0,
    master: attributes.get(IFLA_MASTER)?.readUInt32LE(0) ?? 0,
    macAddress: readHardwareAddress(attributes.get(IFLA_ADDRESS)),
    mtu: attributes.get(IFLA_MTU)?.readUInt32LE(0) ?? 0,
    group: attributes.get(IFLA_GROUP)?.readUInt32LE(0) ?? 0,
    counters,
  };
}

export function listLinks(socket: NetlinkSocket): Link[] {
  return socket
    .query("list network links", { type: RTM_GETLINK, flags: NLM_F_DUMP, header: linkHeader(0) })
    .map(parseLink);
}

export function findLink(socket: NetlinkSocket, name: string): Link | undefined {
  try {
    const [reply] = socket.query(`look up link "${name}"`, {
      type: RTM_GETLINK,
      flags: 0,
      header: linkHeader(0),
      attributes: [[IFLA_IFNAME, text(name)]],
    });
    return reply && parseLink(reply);
  } catch (error) {
    if (isKind(error, "not_found") || errnoOf(error) === "ENODEV") return undefined;
    throw error;
  }
}

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
  return parts.map(([type, value]) => {
    const data = Buffer.alloc((4 + value.length + 3) & ~3);
    data.writeUInt16LE(4 + value.length, 0);
    data.writeUInt16LE(type, 2);
    data.set(value, 4);
    return data;
  });
}

const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
export type MacvlanMode = keyof typeof macvlanModes;
export const isMacvlanMode = (text: string): text is MacvlanMode => text in macvlanModes;

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

export function setLinkMtu(index: number, mtu: number): Request {
  return { type: RTM_NEWLINK, flags: 0, header: linkHeader(index), attributes: [[IFLA_MTU, u32(mtu)]] };
}

export function setLinkUp(index: number): Request {
  return { type: RTM_NEWLINK, flags: 0, header: linkHeader(index, IFF_UP, IFF_UP) };
}

export function setLinkMaster(index: number, masterIndex: number): Request {
  return {
    type: RTM_NEWLINK,
    flags: 0,
    header: linkHeader(index),
    attributes: [[IFLA_MASTER, u32(masterIndex)]],
  };
}

/**
 * No IPv6 address makes itself on this link: no router solicitations, no duplicate
 * address detection, nothing reachable that nobody asked for. Send before `setLinkUp`.
 */
export function withoutAutomaticIpv6(index: number): Request {
  return {
    type: RTM_NEWLINK,
    flags: 0,
    header: linkHeader(index),
    attributes: [[IFLA_AF_SPEC, [[AF_INET6, [[IFLA_INET6_ADDR_GEN_MODE, u8(IN6_ADDR_GEN_MODE_NONE)]]]]]],
  };
}

/** How a bridge treats one of its ports: back out where it came in, and away from other isolated ports. */
export function setBridgePort(
  index: number,
  settings: { readonly hairpin?: boolean; readonly isolated?: boolean },
): Request {
  const data: Attribute[] = [];
  if (settings.hairpin !== undefined) data.push([IFLA_BRPORT_MODE, u8(settings.hairpin ? 1 : 0)]);
  if (settings.isolated !== undefined) data.push([IFLA_BRPORT_ISOLATED, u8(settings.isolated ? 1 : 0)]);
  return {
    type: RTM_NEWLINK,
    flags: 0,
    header: linkHeader(index),
    attributes: [
      [
        IFLA_LINKINFO,
        [
          [IFLA_INFO_SLAVE_KIND, text("bridge")],
          [IFLA_INFO_SLAVE_DATA, data],
        ],
      ],
    ],
  };
}
