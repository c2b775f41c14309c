import type { PortBinding } from "../../protocol/generated/types.ts";
import type { Service } from "../model/service.ts";

export function exposedPorts({ expose = [], ports = [] }: Service): Record<string, Record<string, unknown>> {
  const names = [...expose, ...ports.map(({ target, protocol }) => `${target}/${protocol ?? ""}`)];
  return Object.fromEntries(names.map((name) => [name, {}]));
}

export function portBindings({ ports = [] }: Service): Record<string, PortBinding[]> {
  const bindings: Record<string, PortBinding[]> = {};
  for (const { target, protocol, host_ip, published } of ports) {
    const name = `${target}/${protocol ?? ""}`;
    bindings[name] = [...(bindings[name] ?? []), { HostIp: host_ip ?? "", HostPort: published ?? "" }];
  }
  return bindings;
}
