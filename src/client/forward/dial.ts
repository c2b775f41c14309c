/** A connection to where a local port leads; each direction ends on its own. */
export interface FarEnd {
  readonly input: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void> | undefined;
  closeWrite(): void;
  close(): void;
}

/** Makes one connection to the far end, for one that came in here. Throws the sentence to show. */
export type Dial = () => Promise<FarEnd>;

/** What a forward says while it runs, one line each. */
export type Report = (line: string) => void;

/** A local port that leads away. */
export interface LocalPort {
  readonly address: string;
  readonly port: number;
  close(): void;
}
