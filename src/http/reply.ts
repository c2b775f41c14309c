export type Headers = Readonly<Record<string, string>>;

/** A hijacked connection: raw bytes both ways, each direction ends on its own. */
export interface RawStream {
  /** What the client sends; ends when it half-closes. */
  readonly input: ReadableStream<Uint8Array>;
  /** Resolves when the kernel took it; rejects with `cancelled` when the client is gone. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Aborted when the client is gone altogether. */
  readonly signal: AbortSignal;
}

export interface HijackedStream extends RawStream {
  /** Half-closes our side while what the client sends is still read. */
  closeWrite(): void;
}

/**
 * An answer as a value, so that handlers can be tested without a socket.
 * `hijack` answers 101 to a request that asked for an upgrade and 200 to one that did not;
 * our side of the connection is half-closed when `talk` settles.
 */
export type Reply =
  | { readonly kind: "full"; readonly status: number; readonly headers: Headers; readonly body: Uint8Array }
  | {
      readonly kind: "stream";
      readonly status: number;
      readonly headers: Headers;
      readonly body: ReadableStream<Uint8Array>;
    }
  /** A long body whose length is known: sent as it is, without chunks around it. */
  | {
      readonly kind: "sized";
      readonly status: number;
      readonly headers: Headers;
      readonly length: number;
      /** A piece may be overwritten as soon as the next one is asked for. */
      readonly body: AsyncIterable<Uint8Array>;
    }
  | {
      readonly kind: "hijack";
      readonly contentType: string;
      readonly headers: Headers;
      talk(stream: HijackedStream): Promise<void>;
    }
  | { readonly kind: "websocket"; readonly headers: Headers; talk(stream: RawStream): Promise<void> };

const nothing = new Uint8Array();

export function jsonReply(status: number, value: unknown, headers: Headers = {}): Reply {
  return {
    kind: "full",
    status,
    headers: { "Content-Type": "application/json", ...headers },
    body: Buffer.from(`${JSON.stringify(value)}\n`),
  };
}

export function emptyReply(status: number, headers: Headers = {}): Reply {
  return { kind: "full", status, headers, body: nothing };
}

export function textReply(status: number, text: string, headers: Headers = {}): Reply {
  return {
    kind: "full",
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
    body: Buffer.from(text),
  };
}

export function sizedReply(
  status: number,
  length: number,
  body: AsyncIterable<Uint8Array>,
  headers: Headers,
): Reply {
  return { kind: "sized", status, headers, length, body };
}

export function streamReply(status: number, body: ReadableStream<Uint8Array>, headers: Headers): Reply {
  return { kind: "stream", status, headers, body };
}
