import type { NetworkTable } from "../records/records.ts";
import type { PortProxies } from "../sys/port-proxy.ts";
import type { AddressPool } from "./address-pools.ts";
import type { NetworkKernel } from "./kernel.ts";

/** What `main/` gives to make an engine's networking of. */
export interface NetworkingOptions {
  /** Sandboxes live in `<execRoot>/netns`. */
  readonly execRoot: string;
  readonly networks: NetworkTable;
  /** `--bridge`: the default bridge's interface; `none` for no default bridge. The firewall table is named after it. */
  readonly bridgeName?: string;
  /** `--bip`: address and subnet of the default bridge, for example 172.17.0.1/16. */
  readonly bip?: string;
  /** `--default-address-pool` */
  readonly pools?: readonly AddressPool[];
  /** `--mtu` of the default bridge. */
  readonly mtu?: number;
  /** `--ip`: where ports are published when the user names no address. */
  readonly defaultPublishAddress?: string;
  /** Copying proxies of this engine, for what the kernel cannot forward. */
  readonly proxies?: PortProxies;
  /** `--userland-proxy`: new ones may be started. */
  readonly userlandProxy?: boolean;
  readonly kernel?: NetworkKernel;
}
