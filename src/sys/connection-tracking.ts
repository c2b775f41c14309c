import { addressBytes } from "../lib/ip.ts";
import { listAttributes, NLM_F_DUMP, parseAttributes, u8, u16be } from "./netlink/message.ts";
import type { NetlinkSocket } from "./netlink/socket.ts";

/**
 * The kernel's connection tracking by ctnetlink. A datagram flow that was tracked before its
 * port was published, or after the container behind it changed, keeps its old direction
 * for as long as packets come; forgetting it lets the next packet meet the new rules.
 */
const NFNL_SUBSYS_CTNETLINK = 1;
const IPCTNL_MSG_CT_GET = (NFNL_SUBSYS_CTNETLINK << 8) | 1;
const IPCTNL_MSG_CT_DELETE = (NFNL_SUBSYS_CTNETLINK << 8) | 2;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_REPLY = 2;
const CTA_FILTER = 25;
const CTA_FILTER_ORIG_FLAGS = 1;
const CTA_FILTER_REPLY_FLAGS = 2;
const CTA_TUPLE_IP = 1;
const CTA_TUPLE_PROTO = 2;
/** Source and destination of a tuple, by family. */
const addressAttributes = { ip: { source: 1, destination: 2 }, ip6: { source: 3, destination: 4 } } as const;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_DST_PORT = 3;
/** Bits of a filter: protocol number and destination port of the tuple must match. */
const FILTER_PROTO_NUM = 1 << 3;
const FILTER_DST_PORT = 1 << 5;
const families = { ip: 2, ip6: 10 } as const;
const UDP = 17;

function flags(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(value);
  return data;
}

/**
 * Forgets datagram flows to a port of the host; a wildcard address means any. With `container`
 * only those that lead to this address: others may share the port. Returns how many.
 */
export function forgetDatagramFlows(
  socket: NetlinkSocket,
  address: string,
  port: number,
  container?: string,
): number {
  const header = Buffer.from([families[familyOf(address)], 0, 0, 0]);
  const flows = socket.query("list tracked connections", {
    type: IPCTNL_MSG_CT_GET,
    flags: NLM_F_DUMP,
    header,
    attributes: [
      [
        CTA_TUPLE_ORIG,
        [
          [
            CTA_TUPLE_PROTO,
            [
              [CTA_PROTO_NUM, u8(UDP)],
              [CTA_PROTO_DST_PORT, u16be(port)],
            ],
          ],
        ],
      ],
      // Kernels before 5.8 do not know the filter and list everything; the check below decides.
      [
        CTA_FILTER,
        [
          [CTA_FILTER_ORIG_FLAGS, flags(FILTER_PROTO_NUM | FILTER_DST_PORT)],
          [CTA_FILTER_REPLY_FLAGS, flags(0)],
        ],
      ],
    ],
  });
  let forgotten = 0;
  for (const { payload } of flows) {
    const parts = parseAttributes(payload.subarray(4));
    const tuple = parts.get(CTA_TUPLE_ORIG);
    if (!tuple || !isFlowTo(tuple, address, port)) continue;
    const answers = parts.get(CTA_TUPLE_REPLY);
    if (container && !(answers && hasAddress(answers, "source", container))) continue;
    const [failure] = socket.changeAll("forget a tracked connection", [
      { type: IPCTNL_MSG_CT_DELETE, flags: 0, header, attributes: [[CTA_TUPLE_ORIG, nested(tuple)]] },
    ]);
    if (!failure) forgotten++;
  }
  return forgotten;
}

/** Tuples are copied back as they came; the kernel checks the nesting marks of each level. */
function nested(data: Buffer): (readonly [number, Uint8Array])[] {
  return listAttributes(data).map(([type, value]) => [type | 0x8000, value] as const);
}

function isFlowTo(tuple: Buffer, address: string, port: number): boolean {
  const parts = parseAttributes(tuple);
  const proto = parseAttributes(parts.get(CTA_TUPLE_PROTO) ?? Buffer.alloc(0));
  if (proto.get(CTA_PROTO_NUM)?.[0] !== UDP) return false;
  if (proto.get(CTA_PROTO_DST_PORT)?.readUInt16BE(0) !== port) return false;
  if (address === "0.0.0.0" || address === "::") return true;
  return hasAddress(tuple, "destination", address);
}

function hasAddress(tuple: Buffer, which: "source" | "destination", address: string): boolean {
  const ip = parseAttributes(parseAttributes(tuple).get(CTA_TUPLE_IP) ?? Buffer.alloc(0));
  return ip.get(addressAttributes[familyOf(address)][which])?.equals(addressBytes(address)) ?? false;
}

const familyOf = (address: string) => (address.includes(":") ? "ip6" : "ip");
