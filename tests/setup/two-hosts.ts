import { afterAll, beforeAll } from "bun:test";

/**
 * Two machines on one network, as network namespaces: one for the engine under test, so that
 * addresses and settings of this machine stay alone, and another that asks it from outside.
 */
export class TwoHosts {
  readonly host = `hth${process.pid}`;
  readonly other = `hto${process.pid}`;
  readonly hostAddress = "198.51.100.1";
  readonly otherAddress = "198.51.100.2";
  readonly hostAddress6 = "2001:db8:7::1";
  readonly otherAddress6 = "2001:db8:7::2";

  constructor() {
    beforeAll(() => this.#make());
    afterAll(() => this.#remove());
  }

  /** In front of a command: where the engine is. */
  get onHost(): string[] {
    return ["nsenter", `--net=/run/netns/${this.host}`];
  }

  get onOther(): string[] {
    return ["nsenter", `--net=/run/netns/${this.other}`];
  }

  /** What a shell line prints on the host, both streams. */
  async run(line: string, where = this.onHost): Promise<string> {
    const child = Bun.spawn([...where, "sh", "-c", `${line} 2>&1`], { stdin: "ignore", stdout: "pipe" });
    const text = await child.stdout.text();
    await child.exited;
    return text.trim();
  }

  /** A page, or curl's exit code: 7 is a refused connection, 28 silence. */
  get(url: string, where = this.onHost): Promise<string> {
    return this.run(`curl -sgm 2 ${url} || echo "curl $?"`, where);
  }

  #make(): void {
    for (const name of [this.host, this.other]) must("ip", "netns", "add", name);
    must(
      "ip",
      "link",
      "add",
      "lan0",
      "netns",
      this.host,
      "type",
      "veth",
      "peer",
      "lan1",
      "netns",
      this.other,
    );
    const ends = [
      { name: this.host, link: "lan0", four: this.hostAddress, six: this.hostAddress6 },
      { name: this.other, link: "lan1", four: this.otherAddress, six: this.otherAddress6 },
    ];
    for (const { name, link, four, six } of ends) {
      must("ip", "-n", name, "link", "set", "lo", "up");
      must("ip", "-n", name, "addr", "add", `${four}/24`, "dev", link);
      must("ip", "-n", name, "addr", "add", `${six}/64`, "dev", link, "nodad");
      must("ip", "-n", name, "link", "set", link, "up");
    }
  }

  #remove(): void {
    for (const name of [this.host, this.other]) Bun.spawnSync(["ip", "netns", "delete", name]);
  }
}

function must(...command: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
}
