import { addressBytes } from "../lib/ip.ts";
import { bindLibc, checked } from "./libc.ts";
import { hardwareAddress, u16be } from "./netlink/message.ts";

const libc = bindLibc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "usize", "i32", "ptr", "u32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
});

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const everyone = Buffer.alloc(6, 0xff);

interface Frame {
  readonly to: Buffer;
  readonly etherType: number;
  readonly payload: Buffer;
}

/** An ARP announcement (RFC 5227, 2.3): a request for one's own address, to everyone. */
function arpAnnouncement(ip: Buffer, mac: Buffer): Frame {
  const fixed = Buffer.from([0, 1, 0x08, 0, 6, 4, 0, 1]);
  return {
    to: everyone,
    etherType: 0x0806,
    payload: Buffer.concat([fixed, mac, ip, Buffer.alloc(6), ip]),
  };
}

/** An unsolicited neighbour advertisement (RFC 4861, 4.4 and 7.2.6), override set, to all nodes. */
function neighbourAdvertisement(ip: Buffer, mac: Buffer): Frame {
  const allNodes = addressBytes("ff02::1");
  const flagOverride = 0x20;
  const targetLinkAddress = Buffer.concat([Buffer.from([2, 1]), mac]);
  const message = Buffer.concat([Buffer.from([136, 0, 0, 0, flagOverride, 0, 0, 0]), ip, targetLinkAddress]);
  const pseudoHeader = Buffer.concat([
    ip,
    allNodes,
    u16be(0),
    u16be(message.length),
    Buffer.from([0, 0, 0, 58]),
  ]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, message])), 2);
  const header = Buffer.concat([
    Buffer.from([0x60, 0, 0, 0]),
    u16be(message.length),
    Buffer.from([58, 255]),
    ip,
    allNodes,
  ]);
  return {
    to: Buffer.from([0x33, 0x33, 0, 0, 0, 1]),
    etherType: 0x86dd,
    payload: Buffer.concat([header, message]),
  };
}

/** The Internet checksum (RFC 1071) of an even number of bytes. */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum += data.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The Ethernet frame that tells everyone on a link which hardware address an IP address has. */
export function announcement(address: string, macAddress: string): Buffer {
  const { to, etherType, payload } = frameOf(address, macAddress);
  return Buffer.concat([to, hardwareAddress(macAddress), u16be(etherType), payload]);
}

function frameOf(address: string, macAddress: string): Frame {
  const [ip, mac] = [addressBytes(address), hardwareAddress(macAddress)];
  return ip.length === 4 ? arpAnnouncement(ip, mac) : neighbourAdvertisement(ip, mac);
}

/**
 * A packet socket that sends announcements into bridges. Open it once and keep it: closing one
 * waits some 6 ms for a grace period of the kernel.
 */
export class NeighbourAnnouncer implements Disposable {
  // Protocol 0: it receives nothing.
  readonly #fd = checked("open a packet socket", libc().socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0));

  /** Tells everyone on a bridge which hardware address an IP address has from now on. */
  announce(linkIndex: number, address: string, macAddress: string): void {
    const { to, etherType } = frameOf(address, macAddress);
    const target = Buffer.alloc(20);
    target.writeUInt16LE(AF_PACKET, 0);
    target.writeUInt16BE(etherType, 2);
    target.writeInt32LE(linkIndex, 4);
    target.writeUInt8(6, 11);
    to.copy(target, 12);
    const frame = announcement(address, macAddress);
    const sent = libc().sendto(this.#fd, frame, frame.length, 0, target, target.length);
    checked(`announce address ${address}`, Number(sent));
  }

  [Symbol.dispose](): void {
    libc().close(this.#fd);
  }
}
