import { randomBytes } from "node:crypto";
import { invalidArgument } from "../errors/engine-error.ts";

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Refuses a name that cannot be a directory of ours; Docker's words, in front of which the caller puts `create NAME: `. */
export function checkVolumeName(name: string): void {
  if (name.length === 1)
    throw invalidArgument(`volume name is too short, names should be at least two alphanumeric characters`);
  if (!pattern.test(name))
    throw invalidArgument(
      `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  if (Buffer.byteLength(name) > 255)
    throw invalidArgument(`volume name is too long, a file name holds 255 bytes`);
}

/** The name of an anonymous volume. */
export function anonymousVolumeName(): string {
  return randomBytes(32).toString("hex");
}
