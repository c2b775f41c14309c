/** One network a container is on, as names on it see the container. */
export interface NamedEndpoint {
  readonly networkId: string;
  /** IPv4 and IPv6, without prefix length. */
  readonly addresses: readonly string[];
  /** What others on this network may call it: name, aliases, short id, host name. First the one reverse lookups give. */
  readonly names: readonly string[];
  readonly networkName: string;
  /** On an internal network nobody is asked about names from outside. */
  readonly internal: boolean;
}

/** A container with the resolver at 127.0.0.11: who it is to others, and whom it may ask. */
export interface ResolvedContainer {
  readonly containerId: string;
  /** Its network namespace. */
  readonly sandboxPath: string;
  readonly endpoints: readonly NamedEndpoint[];
  /** `--link other:alias`: names only this container knows. */
  readonly ownNames: Readonly<Record<string, readonly string[]>>;
  /** `--dns`, else the host's own name servers. */
  readonly upstreams: readonly string[];
}

/**
 * The resolver of user-defined networks. It goes on answering while no engine runs, so what it
 * is told has to reach it before these promises settle. Each call gives the whole of one container.
 */
export interface NameService {
  /** Before the container's first process runs, and whenever its networks or names change. */
  announce(container: ResolvedContainer): Promise<void>;
  /** At its end. Not known is fine. */
  withdraw(containerId: string): Promise<void>;
  /** After a restart of the engine: exactly these, no others. Returns what was mended, for the log. */
  restore(containers: readonly ResolvedContainer[]): Promise<string[]>;
}
