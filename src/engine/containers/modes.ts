import { invalidArgument } from "../../errors/engine-error.ts";

/** `id` is what the user wrote after `container:`, a name or an id. */
export type OtherContainer = { readonly kind: "container"; readonly id: string };

export type NetworkMode =
  | { readonly kind: "bridge" | "host" | "none" }
  | { readonly kind: "network"; readonly name: string }
  | OtherContainer;

/** `default` and nothing at all are the default bridge. */
export function parseNetworkMode(text: string): NetworkMode {
  const other = otherContainer(text);
  if (other === "" || text === "container") {
    throw invalidArgument("invalid network mode: invalid container format container:<name|id>");
  }
  if (other !== undefined) return { kind: "container", id: other };
  switch (text) {
    case "":
    case "default":
    case "bridge":
      return { kind: "bridge" };
    case "host":
    case "none":
      return { kind: text };
    default:
      return { kind: "network", name: text };
  }
}

export type IpcMode = { readonly kind: "private" | "shareable" | "none" | "host" } | OtherContainer;

export function parseIpcMode(text: string): IpcMode {
  const other = otherContainer(text);
  if (other !== undefined && other !== "") return { kind: "container", id: other };
  switch (text) {
    case "":
      return { kind: "private" };
    case "private":
    case "shareable":
    case "none":
    case "host":
      return { kind: text };
    default:
      throw invalidArgument(`invalid IPC mode: ${text}`);
  }
}

export type PidMode = { readonly kind: "private" | "host" } | OtherContainer;

export function parsePidMode(text: string): PidMode {
  const other = otherContainer(text);
  if (other !== undefined && other !== "") return { kind: "container", id: other };
  return privateOrHost(text, "PID mode");
}

export type OwnOrHost = { readonly kind: "private" | "host" };

export function parseUtsMode(text: string): OwnOrHost {
  return privateOrHost(text, "UTS mode");
}

/** There are no user namespaces of containers here, so nothing and `host` are the same. */
export function parseUsernsMode(text: string): { readonly kind: "host" } {
  privateOrHost(text, "user namespace mode");
  return { kind: "host" };
}

/** The engine's default must have been filled in. */
export function parseCgroupnsMode(text: string): OwnOrHost {
  if (text === "private" || text === "host") return { kind: text };
  throw invalidArgument(`invalid cgroup namespace mode: ${text}`);
}

function privateOrHost(text: string, what: string): OwnOrHost {
  if (text === "") return { kind: "private" };
  if (text === "host") return { kind: "host" };
  throw invalidArgument(`invalid ${what}: ${text}`);
}

function otherContainer(text: string): string | undefined {
  return text.startsWith("container:") ? text.slice("container:".length) : undefined;
}
