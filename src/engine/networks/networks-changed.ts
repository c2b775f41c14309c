import { readFile, writeFile } from "node:fs/promises";
import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { ownNames } from "../../network/hosts-file.ts";
import type { ContainerEndpoint, ContainerRecord } from "../../records/container-record.ts";
import { containerPaths } from "../containers/directories.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { beginResolving } from "../containers/network-files.ts";
import type { EngineContext } from "../context.ts";
import { namesChanged } from "./names.ts";
import { withAddresses, withoutAddresses } from "./own-hosts-lines.ts";

export interface NetworkChange {
  readonly joined?: ContainerEndpoint;
  readonly left?: ContainerEndpoint;
}

/**
 * Called after a running container was connected to a network or disconnected from one, with its
 * record as it is now: what tells names to others and to itself follows here.
 */
export async function networksChanged(
  context: EngineContext,
  container: LiveContainer,
  change: NetworkChange,
): Promise<void> {
  const { record } = container;
  await rewriteHosts(context, record, change);
  await beginResolving(context, record);
  await namesChanged(context, container);
}

/** In place: the file is mounted into the container, another one under its name would not be seen. */
async function rewriteHosts(
  context: EngineContext,
  record: ContainerRecord,
  { joined, left }: NetworkChange,
): Promise<void> {
  const { hosts } = containerPaths(context, record);
  const names = ownNames({ hostname: record.config.Hostname, domainname: record.config.Domainname });
  try {
    const before = await readFile(hosts, "utf8");
    const without = left ? withoutAddresses(before, addressesOf(left), names) : before;
    const after = joined ? withAddresses(without, addressesOf(joined), names) : without;
    if (after !== before) await writeFile(hosts, after);
  } catch (error) {
    // The networks are as they were asked to be; a container without its file has worse troubles.
    log.warn(`cannot update /etc/hosts: ${messageOf(error)}`, { container: record.id });
  }
}

const addressesOf = ({ ipAddress, ipv6Address }: ContainerEndpoint): string[] =>
  [ipAddress, ipv6Address].filter((address) => address !== undefined && address !== "") as string[];
