import { addressBytes, familyOf } from "../../lib/ip.ts";
import { hardwareAddress, NLM_F_CREATE, NLM_F_REPLACE, type Request } from "./message.ts";

const RTM_NEWNEIGH = 28;
const NUD_NOARP = 0x40;
const NUD_STALE = 0x04;
const NTF_MASTER = 0x04;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const AF_INET = 2;
const AF_BRIDGE = 7;
const AF_INET6 = 10;

/** `struct ndmsg` */
function neighbourHeader(family: number, index: number, state: number, flags: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(family, 0);
  header.writeInt32LE(index, 4);
  header.writeUInt16LE(state, 8);
  header.writeUInt8(flags, 10);
  return header;
}

/** Tells the bridge which port a hardware address lives behind, whatever it learned before. */
export function placeOnPort(portIndex: number, macAddress: string): Request {
  return {
    type: RTM_NEWNEIGH,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    header: neighbourHeader(AF_BRIDGE, portIndex, NUD_NOARP, NTF_MASTER),
    attributes: [[NDA_LLADDR, hardwareAddress(macAddress)]],
  };
}

/** The host's own neighbour entry for an address, replacing what an earlier holder left. */
export function setNeighbour(linkIndex: number, address: string, macAddress: string): Request {
  return {
    type: RTM_NEWNEIGH,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    header: neighbourHeader(familyOf(address) === 4 ? AF_INET : AF_INET6, linkIndex, NUD_STALE, 0),
    attributes: [
      [NDA_DST, addressBytes(address)],
      [NDA_LLADDR, hardwareAddress(macAddress)],
    ],
  };
}
