import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import type { NetworkKernel } from "./kernel.ts";

/** Says which firewall of somebody else will keep our containers from the world. */
export async function warnOfDroppers(kernel: NetworkKernel, ownTable: string, bridge: string): Promise<void> {
  try {
    for (const chain of await kernel.forwardDroppers(ownTable)) {
      log.warn(
        `the firewall chain "${chain}" drops forwarded packets: containers cannot reach other hosts, nor other hosts published ports, until it accepts traffic of "${bridge}" (beside Docker: iptables -I DOCKER-USER -i ${bridge} -j ACCEPT; iptables -I DOCKER-USER -o ${bridge} -j ACCEPT)`,
      );
    }
  } catch (error) {
    log.debug("cannot look at foreign firewall chains", { error: messageOf(error) });
  }
}
