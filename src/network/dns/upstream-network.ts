/** A name server, and where its packets leave from. */
export interface UpstreamTarget {
  readonly address: string;
  /** Path of the network namespace; absent for the host's. */
  readonly namespace: string | undefined;
}

export interface UpstreamEvents {
  /** A whole message came. The bytes are the receiver's only until it returns. */
  packet(data: Uint8Array): void;
  /** Nothing more will come: refused, unreachable, closed. */
  failed(): void;
}

/** One conversation of one question. After `close` no event comes any more. */
export interface Conversation {
  close(): void;
}

/** The way to name servers. Failures come as events or are thrown. */
export interface UpstreamNetwork {
  /** From a socket of its own, so that its port is one more thing a forger must guess. */
  datagram(to: UpstreamTarget, packet: Uint8Array, events: UpstreamEvents): Conversation;
  stream(to: UpstreamTarget, packet: Uint8Array, events: UpstreamEvents): Conversation;
}
