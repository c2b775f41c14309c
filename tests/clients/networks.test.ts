import { describe, expect, test } from "bun:test";
import { clientEngine, expected, hullOnly } from "../setup/client-engine.ts";

/** In a network namespace of its own everything may be counted, and broken, without harm to others. */
const engine = clientEngine({ ownNetwork: true });
const today = hullOnly("Docker 20.10 does not have it yet");

/** A network that goes away with the test; gives its name. */
async function network(word: string, ...options: string[]): Promise<AsyncDisposable & { name: string }> {
  const name = engine.name(word);
  await engine.ok("network", "create", ...options, name);
  return {
    name,
    [Symbol.asyncDispose]: async () => void (await engine.docker("network", "rm", name)),
  };
}

async function sleeper(word: string, ...options: string[]): Promise<AsyncDisposable & { name: string }> {
  const name = await engine.sleeper(word, ...options);
  return { name, [Symbol.asyncDispose]: async () => void (await engine.docker("rm", "-fv", name)) };
}

const refused = (...args: string[]) => engine.fails(1, "network", ...args);
const daemon = (words: string) => `Error response from daemon: ${words}`;

/** A subnet nobody uses, third part by choice. */
const subnet = (part: number) => `10.233.${part}.0/24`;
const ping = (address: string) => `ping -c1 -W2 ${address} >/dev/null && echo reached || echo lost`;

describe("docker network create", () => {
  test("refuses names that are taken, reserved or empty", async () => {
    await using one = await network("one");
    expect(await refused("create", one.name)).toBe(daemon(`network with name ${one.name} already exists`));
    for (const name of ["bridge", "host", "none"]) {
      expect(await refused("create", name)).toBe(
        daemon(`operation is not permitted on predefined ${name} network`),
      );
    }
    expect((await engine.docker("network", "create", "")).code).toBe(1);
  });

  test("refuses drivers and scopes there are not", async () => {
    const name = engine.name("never");
    expect(await refused("create", "-d", "nonsense", name)).toBe(daemon('plugin "nonsense" not found'));
    expect(await refused("create", "--ipam-driver", "nonsense", name)).toBe(
      daemon('plugin "nonsense" not found'),
    );
    expect(await refused("create", "-d", "overlay", name)).toContain("This node is not a swarm manager");
    expect(await refused("create", "--ingress", name)).toBe(
      daemon("Ingress network can only be global scope network"),
    );
    expect(await refused("create", "--scope", "swarm", name)).toBe(
      daemon("cannot create a swarm scoped network when swarm is not active"),
    );
    expect(await refused("create", "-d", "host", name)).toContain(
      'only one instance of "host" network is allowed',
    );
    expect(await refused("create", "-d", "null", name)).toContain(
      'only one instance of "null" network is allowed',
    );
    expect(await refused("inspect", name)).toContain(`network ${name} not found`);
  });

  test("refuses pools that overlap or do not fit together", async () => {
    await using _ = await network("pool", "--subnet", subnet(1));
    const name = engine.name("never");
    expect(await refused("create", "--subnet", "10.233.1.128/25", name)).toContain(
      "Pool overlaps with other one on this address space",
    );
    expect(await refused("create", "--subnet", subnet(2), "--subnet", subnet(3), name)).toBe(
      daemon("bridge driver doesn't support multiple subnets"),
    );
    expect(await refused("create", "--subnet", "10.233.0.0/33", name)).toContain("invalid");
    expect(await refused("create", "-o", "com.docker.network.driver.mtu=abc", name)).toContain(
      "failed to parse com.docker.network.driver.mtu value: abc",
    );
    expect(await refused("create", "-o", "com.docker.network.bridge.enable_icc=abc", name)).toContain(
      "failed to parse com.docker.network.bridge.enable_icc value: abc",
    );
  });

  today("names what is in the way, and refuses options it does not know", async () => {
    await using other = await network("pool", "--subnet", subnet(1));
    const name = engine.name("never");
    expect(await refused("create", "--subnet", "10.233.0.0/16", name)).toContain(
      `10.233.0.0/16 and network ${other.name} (10.233.1.0/24)`,
    );
    engine.hostNetwork("ip", "link", "add", "vpn0", "type", "veth", "peer", "name", "vpn1");
    engine.hostNetwork("ip", "addr", "add", "10.234.0.1/16", "dev", "vpn0");
    engine.hostNetwork("ip", "link", "set", "vpn0", "up");
    expect(await refused("create", "--subnet", "10.234.7.0/24", name)).toContain(
      "10.234.7.0/24 and this host's route to 10.234.0.0/16 through interface vpn0",
    );
    engine.hostNetwork("ip", "link", "delete", "vpn0");
    expect(await refused("create", "--subnet", "10.233.9.5/24", name)).toContain(
      "invalid subnet 10.233.9.5/24: it should be 10.233.9.0/24",
    );
    expect(await refused("create", "-o", "no.such.option=1", name)).toContain(
      'network option "no.such.option" is not supported by the bridge driver',
    );
    expect(await refused("create", "--subnet", "fd00:1::/64", name)).toContain("IPv6, which is not enabled");
  });

  test("shows in ls and inspect what was asked, and in the kernel", async () => {
    const bridge = `nt${engine.id.slice(-8)}`;
    await using made = await network(
      "asked",
      ...["--subnet", subnet(4), "--ip-range", "10.233.4.128/25", "--gateway", "10.233.4.254"],
      ...["--aux-address", "printer=10.233.4.128", "--internal", "--attachable", "--label", "team=red"],
      ...["-o", `com.docker.network.bridge.name=${bridge}`, "-o", "com.docker.network.driver.mtu=1400"],
    );
    const [shown] = JSON.parse(await engine.ok("network", "inspect", made.name));
    expect(shown).toMatchObject({
      Name: made.name,
      Scope: "local",
      Driver: "bridge",
      EnableIPv6: false,
      IPAM: {
        Driver: "default",
        Options: {},
        Config: [
          {
            Subnet: "10.233.4.0/24",
            IPRange: "10.233.4.128/25",
            Gateway: "10.233.4.254",
            AuxiliaryAddresses: { printer: "10.233.4.128" },
          },
        ],
      },
      Internal: true,
      Attachable: true,
      Ingress: false,
      ConfigFrom: { Network: "" },
      ConfigOnly: false,
      Containers: {},
      Options: { "com.docker.network.bridge.name": bridge, "com.docker.network.driver.mtu": "1400" },
      Labels: { team: "red" },
    });
    const ls = (...filter: string[]) =>
      engine.ok("network", "ls", "--format", "{{.Name}}", ...filter.flatMap((one) => ["--filter", one]));
    expect(await ls("label=team=red", `name=${made.name}`)).toBe(made.name);
    expect(await ls(`id=${shown.Id.slice(0, 20)}`, "driver=bridge", "scope=local", "type=custom")).toBe(
      made.name,
    );
    expect(await ls("dangling=true", `name=${made.name}`)).toBe(made.name);
    expect(await ls("type=builtin", `name=${made.name}`)).toBe("");
    const link = engine.hostNetwork("ip", "-o", "addr", "show", "dev", bridge).out;
    expect(link).toContain("10.233.4.254/24");
    await using one = await sleeper("one", "--network", made.name);
    expect(await engine.shell(one.name, "ip -o -4 addr show dev eth0; cat /sys/class/net/eth0/mtu")).toMatch(
      /10\.233\.4\.129\/24[\s\S]*1400/,
    );
    expect((await engine.shell(one.name, "ip route")).includes("default")).toBe(
      expected(false, { reference: true, reason: "20.10 gives internal networks a route to nowhere" }),
    );
  });

  test("networks from a configuration", async () => {
    await using settings = await network(
      "settings",
      "--config-only",
      "--subnet",
      subnet(5),
      "--label",
      "a=b",
    );
    const user = engine.name("user");
    await engine.ok("network", "create", "--config-from", settings.name, user);
    const [shown] = JSON.parse(await engine.ok("network", "inspect", user));
    expect(shown).toMatchObject({ ConfigFrom: { Network: settings.name }, Labels: { a: "b" } });
    expect(shown.IPAM.Config[0].Subnet).toBe("10.233.5.0/24");
    expect(await refused("rm", settings.name)).toContain(
      `configuration network ${JSON.stringify(settings.name)} is in use`,
    );
    expect(await refused("create", "--config-from", engine.name("nope"), engine.name("x"))).toBe(
      daemon(`configuration network ${JSON.stringify(engine.name("nope"))} does not exist`),
    );
    await engine.ok("network", "rm", user);
  });
});

describe("docker network connect and disconnect", () => {
  test("a running container gets the next interface, a hosts line, and loses both again", async () => {
    await using red = await network("red", "--subnet", subnet(6));
    await using blue = await network("blue", "--subnet", subnet(7));
    await using one = await sleeper("one", "--network", red.name);
    await using two = await sleeper("two", "--network", blue.name, "--ip", "10.233.7.7");
    expect(await engine.shell(one.name, ping("10.233.7.7"))).toBe("lost");
    const pid = await engine.pid(one.name);
    await engine.ok("network", "connect", "--ip", "10.233.7.50", "--alias", "db", blue.name, one.name);
    expect(await engine.shell(one.name, ping("10.233.7.7"))).toBe("reached");
    expect(await engine.shell(one.name, "ip -o -4 addr show dev eth1")).toContain("10.233.7.50/24");
    expect(await engine.shell(one.name, "cat /etc/hosts")).toMatch(/^10\.233\.7\.50\t[0-9a-f]{12}$/m);
    const settings = (await engine.inspect(one.name)).NetworkSettings;
    expect(settings?.IPAddress).toBe("");
    expect(settings?.Networks?.[blue.name]).toMatchObject({
      IPAMConfig: { IPv4Address: "10.233.7.50" },
      IPAddress: "10.233.7.50",
      IPPrefixLen: 24,
      Gateway: "10.233.7.1",
      ...expected({ Aliases: ["db"] }, { reference: {}, reason: "20.10 adds the short id" }),
    });
    const [shown] = JSON.parse(await engine.ok("network", "inspect", blue.name));
    const containers = Object.values(
      shown.Containers as Record<string, { Name: string; IPv4Address: string }>,
    );
    expect(containers.map((each) => `${each.Name} ${each.IPv4Address}`).sort()).toEqual([
      `${one.name} 10.233.7.50/24`,
      `${two.name} 10.233.7.7/24`,
    ]);
    expect(await refused("connect", blue.name, one.name)).toBe(
      daemon(`endpoint with name ${one.name} already exists in network ${blue.name}`),
    );
    expect(await refused("rm", blue.name)).toContain("has active endpoints");
    await engine.ok("network", "disconnect", red.name, one.name);
    expect(await engine.shell(one.name, "ip route show default")).toContain(
      "default via 10.233.7.1 dev eth1",
    );
    await engine.ok("network", "disconnect", blue.name, one.name);
    expect(await engine.shell(one.name, "ip -o link; cat /etc/hosts")).not.toMatch(/eth|10\.233/);
    const id = (await engine.inspect(one.name)).Id;
    expect(await refused("disconnect", blue.name, one.name)).toBe(
      daemon(`container ${id} is not connected to network ${blue.name}`),
    );
    expect(await engine.pid(one.name)).toBe(pid);
  });

  test("a stopped container is connected at its next start", async () => {
    await using red = await network("red", "--subnet", subnet(6));
    const name = engine.name("later");
    await engine.ok("create", "--name", name, "busybox", "ip", "-o", "-4", "addr");
    await engine.ok("network", "connect", "--ip", "10.233.6.9", red.name, name);
    await engine.ok("network", "disconnect", "bridge", name);
    expect(await engine.ok("start", "-a", name)).toContain("10.233.6.9/24");
    await engine.ok("network", "disconnect", red.name, name);
    expect(await refused("disconnect", red.name, name)).toContain("is not connected to the network");
    await engine.remove(name);
  });

  test("what cannot be is refused", async () => {
    await using red = await network("red", "--subnet", subnet(6));
    await using auto = await network("auto");
    await using one = await sleeper("one");
    await using host = await sleeper("host", "--network", "host");
    expect(await refused("connect", engine.name("nope"), one.name)).toContain(
      `network ${engine.name("nope")} not found`,
    );
    expect(await refused("connect", red.name, engine.name("nope"))).toContain("No such container");
    expect(await refused("connect", "none", one.name)).toBe(
      daemon(
        "container cannot be connected to multiple networks with one of the networks in private (none) mode",
      ),
    );
    expect(await refused("connect", red.name, host.name)).toContain(
      expected("container sharing network namespace with another container or host", {
        reference: "cannot be connected to",
        reason: "other words",
      }),
    );
    expect(await refused("connect", "host", one.name)).toContain("host network");
    expect(await refused("connect", "--ip", "10.233.99.9", red.name, one.name)).toContain("10.233.99.9");
    expect(await refused("connect", "--ip", "10.9.9.9", auto.name, one.name)).toContain(
      "user specified IP address is supported only when connecting to networks with user configured subnets",
    );
    expect(await refused("disconnect", "-f", red.name, engine.name("nope"))).toBe(
      daemon(`endpoint ${engine.name("nope")} not found`),
    );
    expect(
      (await engine.docker("run", "--rm", "--network", engine.name("nope"), "busybox", "true")).err,
    ).toContain(`network ${engine.name("nope")} not found`);
  });

  today("published ports follow the default route, on the same port of the host", async () => {
    await using red = await network("red", "--subnet", subnet(6));
    await using blue = await network("blue", "--subnet", subnet(7));
    const serve = ["sh", "-c", "echo hello >/index.html; httpd -f -p 80 -h /"];
    const name = engine.name("web");
    await engine.ok("run", "-d", "--name", name, "--network", red.name, "-p", "80", "busybox", ...serve);
    const port = (await engine.ok("port", name, "80/tcp")).split("\n")[0]?.split(":")[1];
    const ask = () => engine.fetchFromHost(`http://127.0.0.1:${port}/`);
    expect(await ask()).toBe("hello");
    await engine.ok("network", "connect", blue.name, name);
    await engine.ok("network", "disconnect", red.name, name);
    expect(await ask()).toBe("hello");
    expect(await engine.ok("port", name, "80/tcp")).toContain(`:${port}`);
    await engine.ok("network", "disconnect", blue.name, name);
    expect(await engine.ok("port", name)).toBe("");
    await engine.ok("network", "connect", red.name, name);
    expect(await engine.ok("port", name, "80/tcp")).toContain(":");
    await engine.remove(name);
  });
});

describe("several networks of one container", () => {
  today("given at its creation; the default route goes by priority, then by name", async () => {
    await using a = await network("a", "--subnet", subnet(8));
    await using b = await network("b", "--subnet", subnet(9));
    await using plain = await sleeper("plain", "--network", b.name, "--network", a.name);
    const routes = "ip route show default; ip -o -4 addr show dev eth0";
    expect(await engine.shell(plain.name, routes)).toMatch(/via 10\.233\.8\.1 dev eth1[\s\S]*10\.233\.9\.2/);
    await using urgent = await sleeper(
      "urgent",
      ...[
        "--network",
        a.name,
        "--network",
        `name=${b.name},gw-priority=5,ip=10.233.9.77,mac-address=02:11:22:33:44:55`,
      ],
    );
    expect(await engine.shell(urgent.name, "ip route show default")).toContain("via 10.233.9.1");
    expect(await engine.shell(urgent.name, "ip addr show dev eth1")).toMatch(
      /02:11:22:33:44:55[\s\S]*10\.233\.9\.77/,
    );
    await engine.ok("network", "connect", "--gw-priority", "9", "bridge", urgent.name);
    const bridge = (await engine.inspect(urgent.name)).NetworkSettings?.Gateway;
    expect(await engine.shell(urgent.name, "ip route show default")).toContain(`via ${bridge}`);
    await engine.ok("network", "disconnect", "bridge", urgent.name);
    expect(await engine.shell(urgent.name, "ip route show default")).toContain("via 10.233.9.1");
    // The same again after a restart.
    await engine.ok("restart", "-t", "0", urgent.name);
    expect(await engine.shell(urgent.name, "ip addr show dev eth1")).toMatch(
      /02:11:22:33:44:55[\s\S]*10\.233\.9\.77/,
    );
  });

  today("interfaces are named and set as the endpoint's options say", async () => {
    await using a = await network("a", "-o", "com.docker.network.container_iface_prefix=lan");
    const endpoint = `name=${a.name},driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1`;
    await using one = await sleeper("one", "--network", endpoint);
    expect(await engine.shell(one.name, "cat /proc/sys/net/ipv4/conf/lan0/log_martians")).toBe("1");
    const named = `name=${a.name},driver-opt=com.docker.network.endpoint.ifname=office`;
    expect(await engine.once(["--network", named], "ip -o link")).toContain("office");
    const odd = `name=${a.name},driver-opt=no.such=1`;
    const { err } = await engine.docker("run", "--rm", "--network", odd, "busybox", "true");
    expect(err).toContain('endpoint option "no.such" is not known');
  });
});

describe("IPv6", () => {
  test("a network with a subnet of each family", async () => {
    await using dual = await network("dual", "--ipv6", "--subnet", subnet(10), "--subnet", "fd00:10::/64");
    await using one = await sleeper("one", "--network", dual.name);
    await using two = await sleeper("two", "--network", dual.name, "--ip6", "fd00:10::42");
    expect((await engine.inspect(two.name)).NetworkSettings?.Networks?.[dual.name]).toMatchObject({
      GlobalIPv6Address: "fd00:10::42",
      GlobalIPv6PrefixLen: 64,
      IPv6Gateway: "fd00:10::1",
    });
    expect(await engine.shell(one.name, ping("fd00:10::42"))).toBe("reached");
    expect(await engine.shell(one.name, ping("fd00:10::1"))).toBe("reached");
    const [shown] = JSON.parse(await engine.ok("network", "inspect", dual.name));
    expect(shown.EnableIPv6).toBe(true);
    expect(JSON.stringify(shown.Containers)).toContain("fd00:10::42/64");
  });

  today("alone, and with a subnet the engine picks", async () => {
    await using six = await network("six", "--ipv6", "--ipv4=false");
    expect(await engine.once(["--network", six.name], "ip -o addr show dev eth0")).toMatch(
      /inet6 fd.*::2\/64/,
    );
    expect(await engine.once(["--network", six.name], "ip -o -4 addr show dev eth0")).toBe("");
    expect(await refused("create", "--ipv4=false", engine.name("x"))).toContain(
      "IPv4 or IPv6 must be enabled",
    );
  });
});

test("rm and prune take what is unused; events tell of it all", async () => {
  const since = String(Math.floor(Date.now() / 1000) - 1);
  const name = engine.name("eventful");
  await engine.ok("network", "create", "--label", `for=${engine.id}`, name);
  await using one = await sleeper("one", "--network", name);
  await engine.ok("network", "disconnect", name, one.name);
  expect(await engine.ok("network", "prune", "-f", "--filter", `label=for=${engine.id}`)).toBe(
    `Deleted Networks:\n${name}`,
  );
  const { out } = await engine.docker(
    ...["events", "--since", since, "--until", String(Math.ceil(Date.now() / 1000) + 1)],
    ...[
      "--filter",
      "type=network",
      "--format",
      "{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.type}}",
    ],
  );
  expect(out.split("\n").filter((line) => line.includes(name))).toEqual(
    [
      ...["create", "connect", "disconnect"],
      ...expected<string[]>([], { reference: ["disconnect"], reason: "20.10 tells it twice" }),
      "destroy",
    ].map((action) => `${action} ${name} bridge`),
  );
  expect(await refused("rm", "bridge")).toContain("bridge is a pre-defined network and cannot be removed");
  expect(await refused("rm", name)).toContain(`network ${name} not found`);
});

test("--internal is shut off, ICC off keeps containers apart", async () => {
  await using quiet = await network(
    "quiet",
    "--subnet",
    subnet(11),
    "-o",
    "com.docker.network.bridge.enable_icc=false",
  );
  await using _ = await sleeper("one", "--network", quiet.name, "--ip", "10.233.11.10");
  expect(await engine.once(["--network", quiet.name], ping("10.233.11.10"))).toBe("lost");
  expect(await engine.once(["--network", quiet.name], ping("10.233.11.1"))).toBe("reached");
});
