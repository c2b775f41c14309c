export interface AttachRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Live output; false with `logs` gives what was logged so far and ends. */
  readonly stream: boolean;
  readonly logs: boolean;
  /** Docker's notation, for example `ctrl-p,ctrl-q`; empty for the default. */
  readonly detachKeys: string;
}

/** A client's end of a container or exec: output ready for the wire, input as typed. */
export interface AttachSession {
  /** True: raw bytes of a terminal. False: Docker's 8-byte framing. */
  readonly terminal: boolean;
  readonly output: ReadableStream<Uint8Array>;
  write(stdin: Uint8Array): Promise<void>;
  closeStdin(): void;
  /** The client went away. The container stays. */
  close(): void;
}
