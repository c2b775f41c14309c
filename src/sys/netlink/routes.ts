import { addressBytes, bytesAddress } from "../../lib/ip.ts";
import {
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_REPLACE,
  parseAttributes,
  type Reply,
  type Request,
  u32,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_TABLE = 15;
const AF_INET = 2;
const AF_INET6 = 10;
const RT_TABLE_MAIN = 254;
const RTPROT_BOOT = 3;
const RTN_UNICAST = 1;
const RTN_UNSPEC = 0;
const RT_SCOPE_NOWHERE = 255;
const RT_SCOPE_LINK = 253;
/** What the kernel gives an IPv6 route without a metric; named, so that replacing and deleting mean the same one. */
const ipv6Metric = 1024;

export interface Route {
  /** `0.0.0.0/0` and `::/0` for the default routes. */
  readonly destination: string;
  readonly linkIndex: number;
}

interface RouteHeader {
  readonly family: number;
  readonly prefixLength?: number;
  readonly scope?: number;
  readonly type?: number;
}

/** `struct rtmsg` */
function routeHeader({ family, prefixLength = 0, scope = 0, type = RTN_UNICAST }: RouteHeader): Buffer {
  return Buffer.from([
    family,
    prefixLength,
    0,
    0,
    RT_TABLE_MAIN,
    type === RTN_UNICAST ? RTPROT_BOOT : 0,
    scope,
    type,
    0,
    0,
    0,
    0,
  ]);
}

/** Replaces the default route there may be. Without a gateway everything is asked for on the link. */
export function setDefaultRoute(family: 4 | 6, gateway: string | undefined, linkIndex: number): Request {
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    header: routeHeader({
      family: kernelFamily(family),
      scope: gateway === undefined && family === 4 ? RT_SCOPE_LINK : 0,
    }),
    attributes: [
      ...(gateway === undefined ? [] : [[RTA_GATEWAY, addressBytes(gateway)] as const]),
      [RTA_OIF, u32(linkIndex)],
      ...(family === 6 ? [[RTA_PRIORITY, u32(ipv6Metric)] as const] : []),
    ],
  };
}

/** Takes the default route away, whatever it leads to; ESRCH when there is none. */
export function deleteDefaultRoute(family: 4 | 6): Request {
  return {
    type: RTM_DELROUTE,
    flags: 0,
    header: routeHeader({ family: kernelFamily(family), scope: RT_SCOPE_NOWHERE, type: RTN_UNSPEC }),
    attributes: family === 6 ? [[RTA_PRIORITY, u32(ipv6Metric)]] : [],
  };
}

const kernelFamily = (family: 4 | 6): number => (family === 4 ? AF_INET : AF_INET6);

/** Routes of the main table, both families: what this machine reaches without asking its default gateway. */
export function listRoutes(socket: NetlinkSocket): Route[] {
  const routes: Route[] = [];
  const replies = [AF_INET, AF_INET6].flatMap((family) => listTable(socket, family));
  for (const { payload } of replies) {
    const family = payload.readUInt8(0);
    if (family !== AF_INET && family !== AF_INET6) continue;
    const attributes = parseAttributes(payload.subarray(12));
    const table = attributes.get(RTA_TABLE)?.readUInt32LE(0) ?? payload.readUInt8(4);
    if (table !== RT_TABLE_MAIN) continue;
    const any = family === AF_INET ? "0.0.0.0" : "::";
    routes.push({
      destination: `${bytesAddress(attributes.get(RTA_DST)) || any}/${payload.readUInt8(1)}`,
      linkIndex: attributes.get(RTA_OIF)?.readUInt32LE(0) ?? 0,
    });
  }
  return routes;
}

function listTable(socket: NetlinkSocket, family: number): Reply[] {
  // All other fields of the header must be zero for the kernel to leave out other tables.
  const header = Buffer.alloc(12);
  header.writeUInt8(family, 0);
  header.writeUInt8(RT_TABLE_MAIN, 4);
  return socket.query("list routes", { type: RTM_GETROUTE, flags: NLM_F_DUMP, header });
}
