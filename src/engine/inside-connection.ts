/** A connection made inside a network namespace; over UDP each piece is one datagram. */
export interface InsideConnection {
  /** Ends when the other side half-closes; fails when it breaks off. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Undefined when the kernel took everything, else to be awaited before the next write. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** The other side sees the end of what we send. */
  closeWrite(): void;
  close(): void;
}

export interface InsideTarget {
  /** `localhost`, or a numeric address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}
