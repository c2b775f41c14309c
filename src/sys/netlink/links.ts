import { isKind } from "../../errors/engine-error.ts";
import { errnoOf } from "../errno-of.ts";
import {
  AF_INET6,
  IFLA_ADDRESS,
  IFLA_AF_SPEC,
  IFLA_BRPORT_ISOLATED,
  IFLA_BRPORT_MODE,
  IFLA_EXT_MASK,
  IFLA_GROUP,
  IFLA_IFNAME,
  IFLA_INET6_ADDR_GEN_MODE,
  IFLA_INFO_KIND,
  IFLA_INFO_SLAVE_DATA,
  IFLA_INFO_SLAVE_KIND,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_STATS64,
  IN6_ADDR_GEN_MODE_NONE,
  linkHeader,
  RTEXT_FILTER_SKIP_STATS,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
} from "./link-message.ts";
import {
  type Attribute,
  NLM_F_DUMP,
  parseAttributes,
  type Reply,
  type Request,
  readHardwareAddress,
  readText,
  text,
  u8,
  u32,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

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

/** With hundreds of links most of the answer would be counters: they come only when asked for. */
export function listLinks(
  socket: NetlinkSocket,
  options: { readonly counters?: boolean; readonly master?: number } = {},
): Link[] {
  const { counters = false, master } = options;
  return socket
    .query("list network links", {
      type: RTM_GETLINK,
      flags: NLM_F_DUMP,
      header: linkHeader(0),
      attributes: [
        ...(counters ? [] : [[IFLA_EXT_MASK, u32(RTEXT_FILTER_SKIP_STATS)] as const]),
        // The kernel leaves out those that are on no bridge, or on another.
        ...(master === undefined ? [] : [[IFLA_MASTER, u32(master)] as const]),
      ],
    })
    .map(parseLink);
}

export function findLink(socket: NetlinkSocket, name: string): Link | undefined {
  try {
    const [reply] = socket.query(`look up link "${name}"`, {
      type: RTM_GETLINK,
      flags: 0,
      header: linkHeader(0),
      attributes: [
        [IFLA_IFNAME, text(name)],
        [IFLA_EXT_MASK, u32(RTEXT_FILTER_SKIP_STATS)],
      ],
    });
    return reply && parseLink(reply);
  } catch (error) {
    if (isKind(error, "not_found") || errnoOf(error) === "ENODEV") return undefined;
    throw error;
  }
}

/** Waits for the kernel for 15 to 30 ms: only where that does no harm. */
export function deleteLink(index: number): Request {
  return { type: RTM_DELLINK, flags: 0, header: linkHeader(index) };
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
