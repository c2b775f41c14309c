export interface IpamPool {
  readonly subnet: string;
  readonly gateway?: string;
  readonly ipRange?: string;
  readonly auxAddresses?: Readonly<Record<string, string>>;
  /** Chosen by the engine: nobody may count on an address in it. */
  readonly automatic?: boolean;
}

export interface NetworkRecord {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly driver: string;
  readonly scope: "local";
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly enableIpv4: boolean;
  readonly enableIpv6: boolean;
  readonly ipam: {
    readonly driver: string;
    readonly options: Readonly<Record<string, string>>;
    readonly pools: readonly IpamPool[];
  };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Only settings, for other networks to be made from. */
  readonly configOnly?: boolean;
  /** The name of the network it has its settings from. */
  readonly configFrom?: string;
}

/** An address of a network that belongs to a container. Allocated and released in one transaction. */
export interface AddressRecord {
  readonly networkId: string;
  readonly address: string;
  readonly containerId: string;
}
