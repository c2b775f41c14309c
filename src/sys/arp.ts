import { bindLibc, checked } from "./libc.ts";
import { hardwareAddress, ipv4Bytes } from "./netlink/message.ts";

const libc = bindLibc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "usize", "i32", "ptr", "u32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
});

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const ETHERTYPE_ARP = 0x0806;
const everyone = Buffer.alloc(6, 0xff);

/** An ARP announcement (RFC 5227, 2.3): a request for one's own address, to everyone. */
export function announcement(address: string, macAddress: string): Buffer {
  const mac = hardwareAddress(macAddress);
  const ip = ipv4Bytes(address);
  const fixed = Buffer.from([0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]);
  return Buffer.concat([everyone, mac, fixed, mac, ip, Buffer.alloc(6), ip]);
}

/**
 * A packet socket that sends announcements into bridges. Open it once and keep it: closing one
 * waits some 6 ms for a grace period of the kernel.
 */
export class ArpAnnouncer implements Disposable {
  // Protocol 0: it receives nothing.
  readonly #fd = checked("open a packet socket", libc().socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0));

  /** Tells everyone on a bridge which hardware address an IP address has from now on. */
  announce(linkIndex: number, address: string, macAddress: string): void {
    const target = Buffer.alloc(20);
    target.writeUInt16LE(AF_PACKET, 0);
    target.writeUInt16BE(ETHERTYPE_ARP, 2);
    target.writeInt32LE(linkIndex, 4);
    target.writeUInt8(6, 11);
    everyone.copy(target, 12);
    const frame = announcement(address, macAddress);
    const sent = libc().sendto(this.#fd, frame, frame.length, 0, target, target.length);
    checked(`announce address ${address}`, Number(sent));
  }

  [Symbol.dispose](): void {
    libc().close(this.#fd);
  }
}
