import type { OpenPort } from "../../protocol/extensions.ts";

/** `127.0.0.1:8080->80/tcp`, as `docker ps` writes it. */
export function openPortText({ HostIp, HostPort, ContainerPort, Protocol }: OpenPort): string {
  return `${addressText({ HostIp, HostPort })}->${ContainerPort}/${Protocol}`;
}

export const addressText = ({ HostIp, HostPort }: Pick<OpenPort, "HostIp" | "HostPort">): string =>
  `${HostIp.includes(":") ? `[${HostIp}]` : HostIp}:${HostPort}`;
