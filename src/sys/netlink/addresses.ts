import { addressBytes, bytesAddress, familyOf } from "../../lib/ip.ts";
import { NLM_F_CREATE, NLM_F_DUMP, NLM_F_REPLACE, parseAttributes, type Request, u32 } from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;
const IFA_FLAGS = 8;
const IFA_F_NODAD = 0x02;
const RT_SCOPE_LINK = 253;
const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_INET6 = 10;

export interface LinkAddress {
  readonly linkIndex: number;
  readonly address: string;
  readonly prefixLength: number;
}

const linkLocal = /^fe[89ab]/i;

/** `struct ifaddrmsg` */
function addressHeader(family: number, index: number, prefixLength: number, scope = 0): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(family, 0);
  header.writeUInt8(prefixLength, 1);
  header.writeUInt8(scope, 3);
  header.writeUInt32LE(index, 4);
  return header;
}

const kernelFamily = (address: string): number => (familyOf(address) === 4 ? AF_INET : AF_INET6);

/**
 * IPv6 without duplicate address detection: we know who has which address, and the address
 * could not be used for the second or two that it takes.
 */
export function addAddress(address: LinkAddress & { readonly broadcast?: string }): Request {
  const local = addressBytes(address.address);
  const isIpv6 = local.length > 4;
  const scope = isIpv6 && linkLocal.test(address.address) ? RT_SCOPE_LINK : 0;
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    header: addressHeader(kernelFamily(address.address), address.linkIndex, address.prefixLength, scope),
    attributes: [
      [IFA_LOCAL, local],
      [IFA_ADDRESS, local],
      ...(address.broadcast ? [[IFA_BROADCAST, addressBytes(address.broadcast)] as const] : []),
      ...(isIpv6 ? [[IFA_FLAGS, u32(IFA_F_NODAD)] as const] : []),
    ],
  };
}

export function deleteAddress(address: LinkAddress): Request {
  return {
    type: RTM_DELADDR,
    flags: 0,
    header: addressHeader(kernelFamily(address.address), address.linkIndex, address.prefixLength),
    attributes: [[IFA_LOCAL, addressBytes(address.address)]],
  };
}

/** Of both families, on one link. */
export function listAddresses(socket: NetlinkSocket, linkIndex: number): LinkAddress[] {
  return (
    socket
      .query("list network addresses", {
        type: RTM_GETADDR,
        flags: NLM_F_DUMP,
        header: addressHeader(AF_UNSPEC, linkIndex, 0),
      })
      .map(({ payload }) => {
        const attributes = parseAttributes(payload.subarray(8));
        return {
          linkIndex: payload.readUInt32LE(4),
          prefixLength: payload.readUInt8(1),
          address: bytesAddress(attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS)),
        };
      })
      // Kernels before 4.20 give those of all links.
      .filter((one) => one.linkIndex === linkIndex && one.address !== "")
  );
}
