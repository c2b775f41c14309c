import { invalidArgument } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { sha256 } from "../../oci/digest.ts";

/** Larger ones are no documents. */
const largest = 8 << 20;

/** A small blob from elsewhere, held against its digest. */
export async function readChecked(
  bytes: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
): Promise<Uint8Array> {
  if (size > largest) throw invalidArgument(`${digest} is too large`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > size) break;
    parts.push(part.slice());
  }
  const whole = Buffer.concat(parts);
  if (whole.length !== size || sha256(whole) !== digest) throw invalidArgument(`${digest} has other content`);
  return whole;
}
