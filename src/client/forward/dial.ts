import type { Hijacked } from "../hijack.ts";

/** Makes one connection to the far end, for one that came in here. Throws the sentence to show. */
export type Dial = () => Promise<Hijacked>;

/** What a forward says while it runs, one line each. */
export type Report = (line: string) => void;

/** A local port that leads away. */
export interface LocalPort {
  readonly address: string;
  readonly port: number;
  close(): void;
}
