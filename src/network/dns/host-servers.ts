import { hostResolvConf, hostResolvConfStamp } from "../../sys/host-resolv-conf.ts";
import { parseResolvConf, publicServers } from "../resolv-conf-parser.ts";
import type { Timers } from "./timers.ts";

const lookAgainMs = 1000;

/**
 * The host's name servers as they are now: a machine that changes networks, or brings a VPN up,
 * has others afterwards, and containers that run on must not ask the old ones.
 */
export class HostServers {
  readonly #timers: Timers;
  #stamp = "-";
  #lookedAt = Number.NEGATIVE_INFINITY;
  #servers: readonly string[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get(): readonly string[] {
    const now = this.#timers.now();
    if (now - this.#lookedAt < lookAgainMs) return this.#servers;
    this.#lookedAt = now;
    const stamp = hostResolvConfStamp();
    if (stamp === this.#stamp) return this.#servers;
    this.#stamp = stamp;
    const { servers } = parseResolvConf(hostResolvConf().text);
    // As the C library: three at most.
    this.#servers = (servers.length > 0 ? servers : publicServers).slice(0, 3);
    return this.#servers;
  }
}
