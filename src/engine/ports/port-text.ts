import type { PublishedPort } from "../../records/container-record.ts";

/** `127.0.0.1:8080->80/tcp`, as `docker ps` writes it. */
export function portText({ hostIp, hostPort, containerPort, protocol }: PublishedPort): string {
  const address = hostIp.includes(":") ? `[${hostIp}]` : hostIp;
  return `${address}:${hostPort}->${containerPort}/${protocol}`;
}
