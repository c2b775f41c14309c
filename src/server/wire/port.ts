import type { PortAudit, PortSpec } from "../../engine/services/ports.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { AuditedPort, OpenPort } from "../../protocol/extensions.ts";
import { isObject } from "../../protocol/validate.ts";
import type { PublishedPort } from "../../records/container-record.ts";

export const wirePort = (port: PublishedPort): OpenPort => ({
  HostIp: port.hostIp,
  HostPort: port.hostPort,
  ContainerPort: port.containerPort,
  Protocol: port.protocol,
  Shared: port.shared === true,
});

export const wireAudit = (audit: PortAudit): AuditedPort => ({
  ...wirePort(audit.port),
  Container: audit.container.id,
  Name: audit.container.name,
  Via: audit.via,
  Reach: [...audit.reach],
  Addresses: [...audit.addresses],
  Warnings: [...audit.warnings],
});

/** The body `{"Ports": [{"HostIp", "HostPort", "ContainerPort", "Protocol"}]}`. */
export function portSpecs(body: unknown, needs: { readonly containerPort: boolean }): PortSpec[] {
  const ports = isObject(body) ? body.Ports : undefined;
  if (!Array.isArray(ports)) throw invalidArgument("invalid JSON: Ports must be a list");
  return ports.map((item: unknown) => {
    if (!isObject(item)) throw invalidArgument("invalid JSON: Ports must hold objects");
    const { HostIp = "", HostPort = "", ContainerPort, Protocol = "tcp" } = item;
    if (typeof HostIp !== "string" || typeof HostPort !== "string") {
      throw invalidArgument("invalid JSON: HostIp and HostPort must be strings");
    }
    if (Protocol !== "tcp" && Protocol !== "udp" && Protocol !== "sctp") {
      throw invalidArgument(`invalid protocol ${JSON.stringify(Protocol)}: it must be tcp, udp or sctp`);
    }
    const isMissing = ContainerPort === undefined && !needs.containerPort;
    if (!isMissing && !(Number.isInteger(ContainerPort) && Number(ContainerPort) > 0)) {
      throw invalidArgument(`invalid container port ${JSON.stringify(ContainerPort)}`);
    }
    const containerPort = isMissing ? undefined : Number(ContainerPort);
    return { HostIp, HostPort, containerPort, protocol: Protocol };
  });
}
