import type { Dial, LocalPort, Report } from "../../client/forward/dial.ts";
import { openTcpPort } from "../../client/forward/tcp-port.ts";
import { openUdpPort } from "../../client/forward/udp-port.ts";
import { conflict, forbidden, invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { endpointText, type ForwardSpec } from "./forward-spec.ts";

export interface OpenOptions {
  readonly address: string;
  readonly spec: ForwardSpec;
  readonly dial: Dial;
  readonly report: Report;
  /** Who has a port of this machine, in words; undefined where nobody can tell. */
  holderOf(protocol: "tcp" | "udp", address: string, port: number): Promise<string | undefined>;
}

/** Opens the local port of one forward, or says in a sentence why it cannot be had. */
export async function openPort(options: OpenOptions): Promise<LocalPort> {
  const { spec, address } = options;
  if (spec.local !== undefined) return open(options, spec.local);
  try {
    return await attempt(options, spec.remote);
  } catch (error) {
    if (!["EADDRINUSE", "EACCES"].includes(codeOf(error))) throw await explained(error, options, spec.remote);
    return open({ ...options, address }, 0);
  }
}

async function open(options: OpenOptions, port: number): Promise<LocalPort> {
  try {
    return await attempt(options, port);
  } catch (error) {
    throw await explained(error, options, port);
  }
}

async function attempt({ address, spec, dial, report }: OpenOptions, port: number): Promise<LocalPort> {
  return spec.protocol === "tcp"
    ? openTcpPort(address, port, dial, report)
    : openUdpPort(address, port, dial, report);
}

async function explained(error: unknown, { address, spec, holderOf }: OpenOptions, port: number) {
  const where = endpointText(address, port);
  switch (codeOf(error)) {
    case "EADDRINUSE": {
      const holder = await holderOf(spec.protocol, address, port);
      return conflict(
        `cannot listen on ${where}: the port is taken${holder === undefined ? "" : ` by ${holder}`}; write :${spec.remote} for any free one`,
        error,
      );
    }
    case "EACCES":
      return forbidden(
        `cannot listen on ${where}: ports below 1024 need root; write :${spec.remote} for any free one`,
        error,
      );
    case "EADDRNOTAVAIL":
      return invalidArgument(`cannot listen on ${where}: this machine has no such address`, error);
    default:
      return invalidArgument(`cannot listen on ${where}: ${messageOf(error)}`, error);
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
