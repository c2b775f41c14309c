/** Datagrams on a stream: two bytes of length, most significant first, then the datagram. */
export function frameDatagram(datagram: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(2 + datagram.length);
  framed.writeUInt16BE(datagram.length, 0);
  framed.set(datagram, 2);
  return framed;
}

/** Takes datagrams out of pieces of a stream, wherever it was cut. */
export class DatagramReader {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): Uint8Array[] {
    let rest: Buffer = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const found: Uint8Array[] = [];
    while (rest.length >= 2) {
      const end = 2 + rest.readUInt16BE(0);
      if (rest.length < end) break;
      found.push(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
    return found;
  }
}
