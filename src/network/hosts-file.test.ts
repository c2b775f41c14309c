import { describe, expect, test } from "bun:test";
import { type HostsFile, hostNetworkHostsFile, hostsFile, parseExtraHost } from "./hosts-file.ts";

/** As `docker run` of Docker 20.10 leaves the file. */
const head = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
ff00::0\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

const plain: HostsFile = {
  hostname: "4d033f6ae00f",
  domainname: "",
  addresses: ["172.30.0.3"],
  extraHosts: [],
  hostGateway: "172.30.0.1",
  links: [],
};

describe("hostsFile", () => {
  test("names the container by its address", () => {
    expect(hostsFile(plain)).toBe(`${head}172.30.0.3\t4d033f6ae00f\n`);
  });

  test("splits a dotted hostname and joins a domain name", () => {
    expect(hostsFile({ ...plain, hostname: "foo.bar" })).toEndWith("172.30.0.3\tfoo.bar foo\n");
    expect(hostsFile({ ...plain, hostname: "foo", domainname: "dom.com" })).toEndWith(
      "172.30.0.3\tfoo.dom.com foo\n",
    );
  });

  test("puts extra hosts before links before the own name, host-gateway filled in", () => {
    const text = hostsFile({
      ...plain,
      extraHosts: ["a.b:1.2.3.4", "h:host-gateway", "v6=[2001:db8::1]"],
      links: [{ address: "172.30.0.2", names: ["db", "4a6a5d7fa34a", "nwl", "db"] }],
    });
    expect(text).toBe(
      `${head}1.2.3.4\ta.b\n172.30.0.1\th\n2001:db8::1\tv6\n172.30.0.2\tdb 4a6a5d7fa34a nwl\n172.30.0.3\t4d033f6ae00f\n`,
    );
  });

  test("names the host, but for what the user named so", () => {
    const hostAddresses = ["172.30.0.1", "fd00::1"];
    const own = "172.30.0.3\t4d033f6ae00f\n";
    const both = "host.docker.internal gateway.docker.internal";
    expect(hostsFile({ ...plain, hostAddresses })).toBe(
      `${head}172.30.0.1\t${both}\nfd00::1\t${both}\n${own}`,
    );
    expect(hostsFile({ ...plain, hostAddresses, extraHosts: ["Host.Docker.Internal:1.2.3.4"] })).toBe(
      `${head}1.2.3.4\tHost.Docker.Internal\n172.30.0.1\tgateway.docker.internal\nfd00::1\tgateway.docker.internal\n${own}`,
    );
  });

  test("without a network has loopback and extra hosts only", () => {
    expect(hostsFile({ ...plain, addresses: [], extraHosts: ["q:1.1.1.1"] })).toBe(`${head}1.1.1.1\tq\n`);
  });
});

test("hostNetworkHostsFile keeps the host's file unless there are extra hosts", () => {
  expect(hostNetworkHostsFile("10.0.0.1 x\n", [], "10.0.0.9")).toBe("10.0.0.1 x\n");
  expect(hostNetworkHostsFile("10.0.0.1 x\n", ["q:host-gateway"], "10.0.0.9")).toBe(`${head}10.0.0.9\tq\n`);
});

test("parseExtraHost refuses with Docker's words", () => {
  expect(() => parseExtraHost("abc")).toThrow('bad format for add-host: "abc"');
  expect(() => parseExtraHost("abc:zz")).toThrow('invalid IP address in add-host: "zz"');
  expect(parseExtraHost("six:2001:db8::1")).toEqual({ name: "six", address: "2001:db8::1" });
});
