import type { Digest } from "./digest.ts";
import type { Platform } from "./platform.ts";

/** Names a blob: what it is, its digest and its exact size. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
}
