import { describe, expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { clientEngine, hullOnly, onReference } from "../setup/client-engine.ts";

const hull = clientEngine();

const own = (kind: string) => readlinkSync(`/proc/self/ns/${kind}`);
const link = (kind: string) => `readlink /proc/self/ns/${kind}`;

describe("namespaces", () => {
  test.concurrent("everything of its own, but the user namespace", async () => {
    const kinds = ["pid", "ipc", "uts", "net", "mnt"];
    const seen = (await hull.once([], kinds.map(link).join("; "))).split("\n");
    for (const [index, kind] of kinds.entries()) {
      expect(seen[index]).toMatch(/:\[\d+\]$/);
      expect(seen[index]).not.toBe(own(kind));
    }
    expect(await hull.once([], link("user"))).toBe(own("user"));
  });

  test.concurrent("--pid host, --ipc host, --uts host", async () => {
    expect(await hull.once(["--pid", "host"], `${link("pid")}; ls -d /proc/${process.pid}`)).toBe(
      `${own("pid")}\n/proc/${process.pid}`,
    );
    expect(await hull.once(["--ipc", "host"], link("ipc"))).toBe(own("ipc"));
    expect(await hull.once(["--uts", "host"], `${link("uts")}; hostname`)).toBe(
      `${own("uts")}\n${hostname()}`,
    );
    expect(await hull.fails(125, "run", "--rm", "--uts", "host", "--hostname", "x", "busybox")).toMatch(
      /conflicting options: hostname and the UTS mode/i,
    );
  });

  test.concurrent("--pid, --ipc and --network of another container", async () => {
    const name = await hull.sleeper("donor", "--ipc", "shareable", "--hostname", "donorhost");
    const kinds = ["pid", "ipc", "net"];
    const theirs = await hull.shell(name, kinds.map(link).join("; "));
    const join = [
      ...["--pid", `container:${name}`, "--ipc", `container:${name}`, "--network", `container:${name}`],
    ];
    expect(await hull.once(join, kinds.map(link).join("; "))).toBe(theirs);
    expect(await hull.once(["--pid", `container:${name}`], "ps | grep -c '[s]leep 3600'")).not.toBe("0");
    const shared = await hull.once(
      ["--network", `container:${name}`],
      "hostname; grep donorhost /etc/hosts; cat /etc/resolv.conf",
    );
    expect(shared).toStartWith("donorhost\n");
    await hull.shell(name, "echo shared >/dev/shm/x");
    expect(await hull.once(["--ipc", `container:${name}`], "cat /dev/shm/x")).toBe("shared");
    const refused = (...options: string[]) => hull.docker("run", "--rm", ...options, "busybox", "true");
    const port = await refused("--network", `container:${name}`, "-p", "8080");
    expect(port.code).toBe(125);
    expect(port.err).toContain("conflicting options: port publishing and the container type network mode");
    const host = await refused("--network", `container:${name}`, "--hostname", "x");
    expect(host.err).toContain("conflicting options: hostname and the network mode");
    const dns = await refused("--network", `container:${name}`, "--dns", "1.1.1.1");
    expect(dns.err).toContain("conflicting options: dns and the network mode");
    if (!onReference) {
      const mac = await refused("--network", `container:${name}`, "--mac-address", "02:42:ac:11:00:99");
      expect(mac.err).toContain("conflicting options: mac-address and the network mode");
    }
    await hull.remove(name);
  });

  test.concurrent("other containers that cannot be joined", async () => {
    const name = hull.name("notrunning");
    await hull.ok("create", "--name", name, "busybox");
    const refused = (...options: string[]) => hull.docker("run", "--rm", ...options, "busybox", "true");
    const stopped = await refused("--network", `container:${name}`);
    expect(stopped.code).toBe(125);
    expect(stopped.err).toMatch(/cannot join network (namespace )?of a non running container/);
    for (const option of ["--network", "--pid", "--ipc"]) {
      const missing = await refused(option, "container:nosuchcontainer");
      expect(missing.code).toBe(125);
      expect(missing.err).toMatch(/No such container: nosuchcontainer/);
    }
    await hull.ok("rm", name);
    const privateOne = await hull.sleeper("ipcprivate", "--ipc", "private");
    const ipc = await refused("--ipc", `container:${privateOne}`);
    expect(ipc.code).toBe(125);
    expect(ipc.err).toMatch(/non-shareable IPC/);
    await hull.remove(privateOne);
  });

  test.concurrent("--ipc none, and values nobody knows", async () => {
    expect(
      await hull.once(
        ["--ipc", "none"],
        "test -e /dev/shm/. && grep -c ' /dev/shm ' /proc/mounts || echo none",
      ),
    ).toMatch(/^(none|0)/);
    expect(await hull.fails(125, "run", "--rm", "--ipc", "nosuch", "busybox")).toMatch(/invalid IPC mode/i);
    expect(await hull.fails(125, "run", "--rm", "--pid", "nosuch", "busybox")).toMatch(/invalid PID mode/i);
  });

  test.concurrent("--cgroupns private and host", async () => {
    const mine = await hull.once(["--cgroupns", "private"], "cat /proc/self/cgroup");
    for (const line of mine.split("\n").filter((line) => /:(memory|pids|cpu):/.test(line))) {
      expect(line).toEndWith(":/");
    }
    const hosts = await hull.once(["--cgroupns", "host"], `${link("cgroup")}; cat /proc/self/cgroup`);
    expect(hosts.split("\n")[0]).toBe(own("cgroup"));
    expect(hosts).toMatch(/\/[0-9a-f]{64}/);
  });
});

describe("networks", () => {
  test.concurrent("--network none has only loopback", async () => {
    expect(
      await hull.once(["--network", "none"], "ip -o link | awk '{print $2}'; ip -o -4 addr | wc -l"),
    ).toBe("lo:\n1");
  });

  test.concurrent("--network host is the host's", async () => {
    const hosts = hull.hostNetwork("readlink", "/proc/self/ns/net").out.trim();
    expect(await hull.once(["--network", "host"], `${link("net")}; hostname`)).toBe(
      `${hosts}\n${hostname()}`,
    );
    const both = await hull.docker("run", "--rm", "--network", "host", "-p", "1:1", "busybox", "echo", "ok");
    expect(both.out).toBe("ok\n");
    expect(both.err).toContain("Published ports are discarded when using host network mode");
  });

  test.concurrent("the default bridge: address, route, inspect", async () => {
    const name = await hull.sleeper("bridge");
    const { NetworkSettings } = await hull.inspect(name);
    const endpoint = NetworkSettings?.Networks?.bridge;
    const address = endpoint?.IPAddress ?? "";
    expect(await hull.shell(name, "ip -o -4 addr show eth0 | awk '{print $4}'")).toBe(
      `${address}/${endpoint?.IPPrefixLen}`,
    );
    expect(await hull.shell(name, "ip route | awk '/^default/{print $3}'")).toBe(endpoint?.Gateway ?? "");
    expect(await hull.shell(name, "cat /sys/class/net/eth0/address")).toBe(endpoint?.MacAddress ?? "");
    expect(await hull.shell(name, `ping -c1 -W2 ${endpoint?.Gateway} | grep -c '1 packets received'`)).toBe(
      "1",
    );
    const other = await hull.once([], `ping -c1 -W2 ${address} | grep -c '1 packets received'`);
    expect(other).toBe("1");
    await hull.remove(name);
  });

  test.concurrent("a network nobody made", async () => {
    const error = await hull.fails(125, "run", "--rm", "--network", "nosuchnetwork", "busybox", "true");
    expect(error).toContain("network nosuchnetwork not found");
  });

  hullOnly("this client gives 20.10 no address for a network")("--mac-address", async () => {
    expect(await hull.once(["--mac-address", "02:42:ac:11:aa:99"], "cat /sys/class/net/eth0/address")).toBe(
      "02:42:ac:11:aa:99",
    );
    const mac = await hull.docker("run", "--rm", "--mac-address", "nonsense", "busybox", "true");
    expect(mac.code).toBe(125);
    expect(mac.err).toMatch(/not a valid mac address|invalid mac/i);
  });

  test.concurrent("--ip is refused on the default bridge", async () => {
    const ip = await hull.fails(125, "run", "--rm", "--ip", "10.1.2.3", "busybox", "true");
    expect(ip).toMatch(
      /user specified IP address is supported (on|only when connecting to) user.*(defined )?networks/,
    );
  });
});

describe("names", () => {
  test.concurrent("hosts, hostname and resolv.conf", async () => {
    const name = await hull.sleeper(
      "files",
      "--hostname",
      "myhost",
      "--add-host",
      "db:10.9.8.7",
      "--add-host",
      "six:::1",
    );
    const address = await hull.field(name, "{{.NetworkSettings.Networks.bridge.IPAddress}}");
    const hosts = (await hull.shell(name, "cat /etc/hosts")).split("\n");
    expect(hosts).toContain("127.0.0.1\tlocalhost");
    expect(hosts.some((line) => /^::1\t(localhost )?.*ip6-localhost ip6-loopback$/.test(line))).toBeTrue();
    expect(hosts).toContain("10.9.8.7\tdb");
    expect(hosts).toContain("::1\tsix");
    expect(hosts).toContain(`${address}\tmyhost`);
    expect(await hull.shell(name, "cat /etc/hostname")).toBe("myhost");
    const { HostnamePath, HostsPath, ResolvConfPath, HostConfig } = await hull.inspect(name);
    for (const path of [HostnamePath, HostsPath, ResolvConfPath]) expect(path).toStartWith("/");
    expect(HostConfig?.ExtraHosts).toEqual(["db:10.9.8.7", "six:::1"]);
    await hull.shell(name, "echo '1.2.3.4 added' >>/etc/hosts");
    await hull.ok("restart", "-t", "0", name);
    await hull.remove(name);
    expect(await hull.fails(125, "run", "--rm", "--add-host", "bad", "busybox")).toMatch(
      /bad format for add-host/,
    );
  });

  test.concurrent("--add-host host-gateway", async () => {
    const line = await hull.once(
      ["--add-host", "up:host-gateway"],
      "grep -w up /etc/hosts; ip route | awk '/^default/{print $3}'",
    );
    const [entry, gateway] = line.split("\n");
    expect(entry).toBe(`${gateway}\tup`);
  });

  test.concurrent("--dns, --dns-search, --dns-option", async () => {
    const seen = await hull.once(
      [
        "--dns",
        "10.0.0.53",
        "--dns",
        "10.0.0.54",
        "--dns-search",
        "a.test",
        "--dns-search",
        "b.test",
        "--dns-option",
        "ndots:3",
      ],
      "grep -v '^#' /etc/resolv.conf",
    );
    const lines = seen.split("\n").filter(Boolean);
    expect(lines).toContain("nameserver 10.0.0.53");
    expect(lines).toContain("nameserver 10.0.0.54");
    expect(lines.some((line) => line.startsWith("search a.test b.test"))).toBeTrue();
    expect(lines.some((line) => /^options .*ndots:3/.test(line))).toBeTrue();
    expect(lines.filter((line) => line.startsWith("nameserver"))).toHaveLength(2);
    expect(await hull.once(["--dns-search", "."], "grep -c ^search /etc/resolv.conf || true")).toBe("0");
    expect(await hull.fails(125, "run", "--rm", "--dns", "nonsense", "busybox")).toMatch(
      /IP address is not correctly formatted: nonsense/,
    );
  });

  test.concurrent("--link gives a hosts entry and variables", async () => {
    const donor = await hull.sleeper(
      "linked",
      "--expose",
      "5432",
      "-e",
      "SECRET=x",
      "--hostname",
      "linkedhost",
    );
    const address = await hull.field(donor, "{{.NetworkSettings.Networks.bridge.IPAddress}}");
    const name = hull.name("linker");
    await hull.ok("run", "-d", "--init", "--name", name, "--link", `${donor}:db`, "busybox", "sleep", "3600");
    expect(await hull.shell(name, "grep -w db /etc/hosts")).toMatch(
      new RegExp(`^${address}\tdb [0-9a-z]+ ${donor}$`),
    );
    const env = (await hull.shell(name, "env")).split("\n");
    expect(env).toContain(`DB_PORT=tcp://${address}:5432`);
    expect(env).toContain(`DB_PORT_5432_TCP_ADDR=${address}`);
    expect(env).toContain("DB_ENV_SECRET=x");
    expect(env).toContain(`DB_NAME=/${name}/db`);
    expect((await hull.inspect(name)).HostConfig?.Links).toEqual([`/${donor}:/${name}/db`]);
    await hull.remove(name, donor);
    const missing = await hull.fails(125, "run", "--rm", "--link", "nosuchcontainer:db", "busybox");
    expect(missing).toMatch(
      /[Cc]ould not get container for nosuchcontainer|No such container: nosuchcontainer/,
    );
  });

  hullOnly("others use the reference's addresses meanwhile")(
    "a restarted container gets fresh files with its new address",
    async () => {
      const name = await hull.sleeper("fresh", "--hostname", "freshhost");
      await hull.ok("stop", "-t", "0", name);
      const squatter = await hull.sleeper("squatter");
      await hull.ok("start", name);
      const address = await hull.field(name, "{{.NetworkSettings.Networks.bridge.IPAddress}}");
      const hosts = await hull.shell(name, "grep freshhost /etc/hosts");
      expect(hosts).toBe(`${address}\tfreshhost`);
      await hull.remove(name, squatter);
    },
  );
});
