import { join } from "node:path";
import { EngineError } from "../../src/errors/engine-error.ts";
import type {
  AttachPlan,
  BridgePlan,
  DefaultRoutes,
  HostLink,
  InnerPlan,
  MacvlanPlan,
  NetworkKernel,
  ParentPlan,
  Protocol,
  PublishedChange,
  Reservation,
} from "../../src/network/kernel.ts";
import { isAnyAddress } from "../../src/network/plan-published.ts";
import { editionChain } from "../../src/network/plan-rules.ts";
import { type TableFamily, tableFamilyOf } from "../../src/network/table-family.ts";

const failed = (code: string) => new EngineError("internal", code, { code });

interface HeldLink {
  readonly space?: string;
  readonly address?: string;
  readonly inner?: string;
}

/**
 * A kernel in memory. It records what it was asked (`calls`), keeps links, namespaces and
 * published ports, and takes a namespace's links away with it as the real one does.
 */
export class RecordingKernel implements NetworkKernel {
  readonly calls: string[] = [];
  readonly scripts: string[] = [];
  readonly spaces = new Set<string>();
  readonly hostLinks = new Map<string, HostLink & HeldLink>();
  readonly macvlans = new Map<string, MacvlanPlan>();
  readonly published = new Map<string, string>();
  /** Ports other processes of the machine hold, `tcp 80`, with who. */
  readonly strangers = new Map<string, string>();
  readonly held = new Set<string>();
  readonly tables = new Set<TableFamily>();
  ipv6 = true;
  /** The next change of published ports fails once, as after `nft flush ruleset`. */
  flushed = false;
  foreignRoutes: { destination: string; link: string }[] = [{ destination: "0.0.0.0/0", link: "eth0" }];
  #index = 1;

  prepareNamespaces(directory: string): void {
    this.calls.push(`prepare ${directory}`);
  }
  releaseNamespaces(directory: string): void {
    this.calls.push(`release ${directory}`);
  }
  namespaces(directory: string): string[] {
    return [...this.spaces]
      .filter((path) => join(path, "..") === directory)
      .map((path) => path.slice(directory.length + 1));
  }
  createNamespace(path: string): void {
    this.dropNamespace(path);
    this.calls.push("namespace");
    this.spaces.add(path);
  }
  dropNamespace(path: string): void {
    this.spaces.delete(path);
    for (const [name, link] of this.hostLinks) if (link.space === path) this.hostLinks.delete(name);
    for (const key of this.macvlans.keys()) if (key.startsWith(`${path} `)) this.macvlans.delete(key);
  }

  links(): HostLink[] {
    return [...this.hostLinks.values()];
  }
  link(name: string): HostLink | undefined {
    return this.hostLinks.get(name);
  }
  portsOf(bridge: string): HostLink[] {
    const index = this.hostLinks.get(bridge)?.index;
    return this.links().filter((link) => index !== undefined && link.master === index);
  }
  async deleteLinks(names: readonly string[]): Promise<void> {
    for (const name of names) this.hostLinks.delete(name);
    this.calls.push(`delete ${names.length} links`);
  }
  createBridge(bridge: BridgePlan): void {
    if (this.hostLinks.has(bridge.name)) return;
    const addresses = bridge.addresses.filter(({ address }) => !address.startsWith("fe80:"));
    this.calls.push(
      `bridge ${bridge.name} ${addresses.map((one) => `${one.address}/${one.prefixLength}`).join(" ")}`,
    );
    this.#addLink(bridge.name, { kind: "bridge", master: 0, group: bridge.group, mtu: bridge.mtu });
  }
  bridgeFaults(): string[] {
    return [];
  }
  addressesOf(): { address: string; prefixLength: number }[] {
    return [];
  }
  routes(): { destination: string; link: string }[] {
    return this.foreignRoutes;
  }
  attach(plan: AttachPlan): string {
    if (!this.spaces.has(plan.namespacePath)) throw failed("ENOENT");
    const bridge = this.hostLinks.get(plan.bridge);
    if (!bridge) throw failed("ENODEV");
    const { group, mtu, namespacePath: space } = plan;
    const inner = this.#nameInside(plan);
    const address = plan.addresses[0]?.address ?? "";
    this.#addLink(plan.hostLink, { kind: "veth", master: bridge.index, group, mtu, space, address, inner });
    this.calls.push("attach");
    return inner;
  }
  attachMacvlan(plan: MacvlanPlan): { name: string; macAddress: string } {
    if (!this.spaces.has(plan.namespacePath)) throw failed("ENOENT");
    if (!this.hostLinks.has(plan.parent)) throw failed("ENODEV");
    const inner = this.#nameInside(plan);
    this.macvlans.set(`${plan.namespacePath} ${inner}`, plan);
    this.calls.push(`macvlan ${plan.parent} ${plan.mode}`);
    return { name: inner, macAddress: plan.macAddress };
  }
  ensureParent(parent: ParentPlan): void {
    if (this.hostLinks.has(parent.name)) return;
    this.calls.push(`parent ${parent.name}`);
    this.#addLink(parent.name, {
      kind: parent.vlan ? "vlan" : "dummy",
      master: 0,
      group: parent.group,
      mtu: 1500,
    });
  }
  async deleteInside(namespacePath: string, name: string): Promise<void> {
    this.macvlans.delete(`${namespacePath} ${name}`);
  }
  insideLinks(namespacePath: string): string[] {
    const veths = [...this.hostLinks.values()].filter((link) => link.space === namespacePath);
    const macvlans = [...this.macvlans.keys()].filter((key) => key.startsWith(`${namespacePath} `));
    return [...veths.map((link) => link.inner ?? ""), ...macvlans.map((key) => key.split(" ")[1] ?? "")];
  }
  setDefaultRoutes(_: string, { ipv4, ipv6 }: DefaultRoutes): void {
    this.calls.push(`default ${ipv4?.gateway ?? "none"}${ipv6 ? ` ${ipv6.gateway}` : ""}`);
  }
  hasDefaultRoutes() {
    return { ipv4: true, ipv6: true };
  }
  #nameInside({ naming, namespacePath }: InnerPlan): string {
    if ("name" in naming) return naming.name;
    const taken = this.insideLinks(namespacePath);
    let number = 0;
    while (taken.includes(`${naming.prefix}${number}`)) number++;
    return `${naming.prefix}${number}`;
  }
  setMaster(link: string, bridge: string): void {
    const [port, master] = [this.hostLinks.get(link), this.hostLinks.get(bridge)];
    if (port && master) this.hostLinks.set(link, { ...port, master: master.index });
  }
  setHairpin(): void {
    this.calls.push("hairpin");
  }
  counters() {
    return {};
  }

  enableForwarding(): boolean {
    return false;
  }
  enableIpv6Forwarding(): boolean {
    return false;
  }
  async forwardDroppers(): Promise<string[]> {
    return [];
  }
  async chainsOf(): Promise<Record<TableFamily, readonly string[]>> {
    const of = (family: TableFamily) => (this.tables.has(family) ? [editionChain()] : []);
    return { ip: of("ip"), ip6: of("ip6") };
  }
  hasIpv6(): boolean {
    return this.ipv6;
  }
  async listMap(family: TableFamily, _: string, map: string): Promise<{ key: string[]; value: string[] }[]> {
    const numbers: Record<string, string> = { tcp: "6", udp: "17" };
    return [...this.published].flatMap(([key, target]) => {
      const [protocol = "", hostIp = "", port = ""] = key.split(" ");
      const isAny = isAnyAddress(hostIp);
      if (tableFamilyOf(hostIp) !== family) return [];
      if (isAny !== map.endsWith("any")) return [];
      const fields = [numbers[protocol] ?? protocol, port];
      return [{ key: isAny ? fields : [hostIp, ...fields], value: target.split(":") }];
    });
  }
  async listRules(): Promise<string[]> {
    return [...this.tables];
  }
  async previewRules(_: string, script: string): Promise<string[]> {
    return [...script.matchAll(/^table (ip6?) /gm)].map(([, family]) => family ?? "");
  }
  async applyRules(script: string): Promise<void> {
    this.scripts.push(script);
    this.calls.push("nft");
    for (const [, verb, family] of script.matchAll(/^(delete )?table (ip6?) /gm)) {
      if (verb) this.tables.delete(family === "ip6" ? "ip6" : "ip");
      else this.tables.add(family === "ip6" ? "ip6" : "ip");
    }
    if (script.includes("delete table")) this.published.clear();
    for (const [, family, key = "", target = ""] of script.matchAll(
      /element (ip6?) \S+ published_on_\w+ \{ (.*?) : (.*) \}/g,
    )) {
      const fields = key.split(" . ");
      const any = family === "ip" ? "0.0.0.0" : "::";
      const [hostIp, protocol, port] = fields.length === 2 ? [any, ...fields] : fields;
      this.published.set(`${protocol} ${hostIp} ${port}`, target.replace(" . ", ":"));
    }
  }
  changePublished(_: string, changes: readonly PublishedChange[]): void {
    if (this.flushed) {
      this.flushed = false;
      throw failed("ENOENT");
    }
    this.calls.push("elements");
    for (const change of changes) {
      const key = `${change.protocol} ${change.hostIp} ${change.hostPort}`;
      if (change.add) this.published.set(key, `${change.containerIp}:${change.containerPort}`);
      else this.published.delete(key);
    }
  }
  forgetDatagrams(address: string, port: number, containerIp?: string): void {
    this.calls.push(`forget ${address}:${port}${containerIp ? ` of ${containerIp}` : ""}`);
  }
  hostAddresses(): { link: string; address: string }[] {
    return [{ link: "lo", address: "127.0.0.1" }];
  }
  routesLoopback(): boolean {
    return true;
  }

  reserve(protocol: Protocol, address: string, port: number): Reservation {
    const given = port === 0 ? 32768 + this.held.size : port;
    const key = `${protocol} ${given}`;
    const taken = address.includes(":") ? `${key} v6` : key;
    if (this.strangers.has(key) || this.held.has(taken)) throw failed("EADDRINUSE");
    if (address === "198.51.100.7") throw failed("EADDRNOTAVAIL");
    this.held.add(taken);
    return { port: given, release: () => void this.held.delete(taken) };
  }
  holder(protocol: Protocol, _: string, port: number): string | undefined {
    return this.strangers.get(`${protocol} ${port}`);
  }
  close(): void {
    this.calls.push("close");
  }

  #addLink(name: string, link: Omit<HostLink, "index" | "name"> & HeldLink): void {
    if (this.hostLinks.has(name)) throw failed("EEXIST");
    this.hostLinks.set(name, { index: ++this.#index, name, ...link });
  }
}
