/** One network a container is on, as names on it see the container. */
export interface NamedEndpoint {
  readonly networkId: string;
  readonly networkName: string;
  /** IPv4 and IPv6, without prefix length. */
  readonly addresses: readonly string[];
  /** What others on this network may call it: name, aliases, short id, host name. First the one reverse lookups give. */
  readonly names: readonly string[];
}

/** A container with the resolver at 127.0.0.11: who it is to others, and whom it may ask. */
export interface ResolvedContainer {
  readonly containerId: string;
  /** Its network namespace. */
  readonly sandboxPath: string;
  /** A file that is there once the container has ended: then it has no names any more, engine or not. */
  readonly endFile: string;
  /** The network whose names come first is first. */
  readonly endpoints: readonly NamedEndpoint[];
  /** `--link other:alias`: by alias, what others on its networks call the container meant. For this container only. */
  readonly ownNames: Readonly<Record<string, readonly string[]>>;
  /** What `host.docker.internal` stands for; none where there is no way to the host. */
  readonly hostAddresses: readonly string[];
  /** False with internal networks alone: then nobody outside is asked. */
  readonly asksOutside: boolean;
  /**
   * `--dns`, asked from the container's network so that they follow its routes. Empty: the host's
   * own name servers, as they are at the moment, asked from the host's network, where they work
   * whatever they are (127.0.0.53, IPv6, reached by a VPN).
   */
  readonly servers: readonly string[];
  /** Names that others have as well lead to those, as long as one of them does not stand back. */
  readonly standsBack?: true;
  /** `--dns-option ndots:1` and up: a name without a dot is for the search list, not for name servers. */
  readonly searchFirst: boolean;
}

/**
 * The resolver of user-defined networks. It goes on answering while no engine runs, so what it
 * is told has to reach it before these promises settle. Each call gives the whole of one container.
 */
export interface NameService {
  /** A container is about to need it: what takes time begins now. Returns at once. */
  prepare(): void;
  /** Before the container's first process runs, and whenever its networks or names change. */
  announce(container: ResolvedContainer): Promise<void>;
  /** Before its network namespace is dropped, which the resolver's sockets would keep alive. Not known is fine. */
  withdraw(containerId: string): Promise<void>;
  /** After a restart of the engine: exactly these, no others. Returns what was mended, or could not be, for the log. */
  restore(containers: readonly ResolvedContainer[]): Promise<string[]>;
  /** The engine ends; names go on as long as there are containers. */
  close(): Promise<void>;
}
