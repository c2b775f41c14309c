import {
  ipv4Bytes,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_REPLACE,
  parseAttributes,
  type Request,
  readIpv4,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;
const AF_INET = 2;

export interface LinkAddress {
  readonly linkIndex: number;
  readonly address: string;
  readonly prefixLength: number;
}

/** `struct ifaddrmsg` */
function addressHeader(index: number, prefixLength: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(AF_INET, 0);
  header.writeUInt8(prefixLength, 1);
  header.writeUInt32LE(index, 4);
  return header;
}

export function addAddress(address: LinkAddress & { readonly broadcast?: string }): Request {
  const local = ipv4Bytes(address.address);
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    header: addressHeader(address.linkIndex, address.prefixLength),
    attributes: [
      [IFA_LOCAL, local],
      [IFA_ADDRESS, local],
      ...(address.broadcast ? [[IFA_BROADCAST, ipv4Bytes(address.broadcast)] as const] : []),
    ],
  };
}

export function deleteAddress(address: LinkAddress): Request {
  return {
    type: RTM_DELADDR,
    flags: 0,
    header: addressHeader(address.linkIndex, address.prefixLength),
    attributes: [[IFA_LOCAL, ipv4Bytes(address.address)]],
  };
}

export function listAddresses(socket: NetlinkSocket): LinkAddress[] {
  return socket
    .query("list network addresses", {
      type: RTM_GETADDR,
      flags: NLM_F_DUMP,
      header: addressHeader(0, 0),
    })
    .map((reply) => {
      const attributes = parseAttributes(reply.payload.subarray(8));
      return {
        linkIndex: reply.payload.readUInt32LE(4),
        prefixLength: reply.payload.readUInt8(1),
        address: readIpv4(attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS)),
      };
    });
}
