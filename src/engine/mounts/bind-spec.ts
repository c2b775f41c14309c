import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import type { MountRequest } from "../../records/container-config.ts";
import { isBindMode, parseBindMode } from "./bind-mode.ts";
import { checkMountRequest } from "./mount-request.ts";

/** A `-v` text taken apart: the same wish as a `--mount`, and the mode words as they stood there. */
export interface BindSpec {
  readonly request: MountRequest;
  readonly mode: string;
}

const invalid = (spec: string) => `invalid volume specification: '${spec}'`;

/** Parses `[source:]target[:mode]` with Docker's rules and words. */
export function parseBindSpec(spec: string, volumeDriver: string): BindSpec {
  const parts = spec.split(":");
  if (parts[0] === "" || parts.length > 3) throw invalidArgument(invalid(spec));
  const [first = "", second, mode = ""] = parts;
  // A mode needs both a source and a target in front of it.
  if (parts.length === 2 && isBindMode(second ?? "")) throw invalidArgument(invalid(spec));
  const source = second === undefined ? "" : first;
  const target = second ?? first;
  const words = parseBindMode(mode);
  const isBind = source.startsWith("/");
  const request: MountRequest = {
    Type: isBind ? "bind" : "volume",
    Source: source,
    Target: target,
    ReadOnly: words.readOnly,
    ...(words.propagation === "" ? {} : { BindOptions: { Propagation: words.propagation } }),
    ...volumeOptions(words.noCopy, isBind ? "" : volumeDriver),
  };
  try {
    checkMountRequest(request, { sourceExists: () => true });
  } catch (error) {
    throw invalidArgument(`${invalid(spec)}: ${messageOf(error)}`, error);
  }
  return { request, mode };
}

function volumeOptions(noCopy: boolean, driver: string): Pick<MountRequest, "VolumeOptions"> {
  if (!noCopy && driver === "") return {};
  return {
    VolumeOptions: {
      ...(noCopy ? { NoCopy: true } : {}),
      ...(driver ? { DriverConfig: { Name: driver } } : {}),
    },
  };
}
