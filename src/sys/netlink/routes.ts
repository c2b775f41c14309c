import {
  ipv4Bytes,
  NLM_F_CREATE,
  NLM_F_DUMP,
  parseAttributes,
  type Request,
  readIpv4,
  u32,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_TABLE = 15;
const AF_INET = 2;
const RT_TABLE_MAIN = 254;
const RTPROT_BOOT = 3;
const RTN_UNICAST = 1;

export interface Route {
  /** `0.0.0.0/0` for the default route. */
  readonly destination: string;
  readonly linkIndex: number;
}

/** `struct rtmsg` */
function routeHeader(prefixLength: number): Buffer {
  return Buffer.from([AF_INET, prefixLength, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST, 0, 0, 0, 0]);
}

export function addDefaultRoute(gateway: string, linkIndex: number): Request {
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE,
    header: routeHeader(0),
    attributes: [
      [RTA_GATEWAY, ipv4Bytes(gateway)],
      [RTA_OIF, u32(linkIndex)],
    ],
  };
}

/** Routes of the main table: what this machine reaches without asking its default gateway. */
export function listRoutes(socket: NetlinkSocket): Route[] {
  const routes: Route[] = [];
  const replies = socket.query("list routes", {
    type: RTM_GETROUTE,
    flags: NLM_F_DUMP,
    header: routeHeader(0),
  });
  for (const { payload } of replies) {
    const attributes = parseAttributes(payload.subarray(12));
    const table = attributes.get(RTA_TABLE)?.readUInt32LE(0) ?? payload.readUInt8(4);
    if (table !== RT_TABLE_MAIN) continue;
    routes.push({
      destination: `${readIpv4(attributes.get(RTA_DST)) || "0.0.0.0"}/${payload.readUInt8(1)}`,
      linkIndex: attributes.get(RTA_OIF)?.readUInt32LE(0) ?? 0,
    });
  }
  return routes;
}
