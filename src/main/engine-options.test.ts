import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFlags } from "../cli/flags/parse.ts";
import { commandLineOf, engineOptions } from "./engine-options.ts";
import { reload } from "./engine-reload.ts";
import { engineFlags } from "./engine-settings.ts";

const line = (args: readonly string[]) => commandLineOf(parseFlags(engineFlags, args));

function options(args: readonly string[], file?: unknown) {
  const text = file === undefined ? undefined : typeof file === "string" ? file : JSON.stringify(file);
  return engineOptions(line(args), () => text);
}

function sentence(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

const prefix = "unable to configure the engine with file /etc/hull/engine.json: ";

describe("engineOptions()", () => {
  test("has a default for everything, frozen", () => {
    const all = options([]);
    expect(all).toMatchObject({
      hosts: [{ kind: "unix", path: "/run/hull.sock" }],
      dataRoot: "/var/lib/hull",
      execRoot: "/run/hull",
      pidFile: "/run/hull.pid",
      bridge: "hull0",
      bip: undefined,
      tls: undefined,
      logDriver: "json-file",
      logLevel: "info",
      defaultRuntime: "",
      shmSize: 67108864,
      shutdownTimeout: 15,
      cgroupnsMode: "",
    });
    expect(Object.isFrozen(all)).toBe(true);
  });

  test("reads every flag of a second engine beside the first", () => {
    const all = options([
      "-H",
      "unix:///tmp/a.sock",
      "-H=tcp://127.0.0.1",
      "--data-root=/tmp/data/",
      "--exec-root",
      "/tmp/exec",
      "-p/tmp/pid",
      "-b",
      "tst0",
      "--bip=172.31.0.1/24",
      "--default-address-pool",
      "base=10.9.0.0/16,size=24",
      "--dns=1.1.1.1",
      "--add-runtime=kata=/opt/kata",
      "--default-runtime=kata",
      "--log-opt",
      "max-size=1m",
      "--label=a=b",
      "--default-ulimit=nofile=10:20",
      "--default-shm-size=1.5k",
      "-D",
    ]);
    expect(all).toMatchObject({
      hosts: [
        { kind: "unix", path: "/tmp/a.sock" },
        { kind: "tcp", host: "127.0.0.1", port: 2375 },
      ],
      dataRoot: "/tmp/data",
      pidFile: "/tmp/pid",
      bridge: "tst0",
      bip: "172.31.0.1/24",
      addressPools: [{ base: "10.9.0.0/16", size: 24 }],
      dns: ["1.1.1.1"],
      runtimes: { kata: { path: "/opt/kata", args: [] } },
      defaultRuntime: "kata",
      logOptions: { "max-size": "1m" },
      labels: ["a=b"],
      ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }],
      shmSize: 1536,
      logLevel: "debug",
    });
  });

  test("reads the same from a file, by dockerd's keys", () => {
    const file = {
      hosts: ["unix:///tmp/a.sock"],
      "data-root": "/tmp/data",
      "default-address-pools": [{ base: "10.9.0.0/16", size: 24 }],
      "log-opts": { "max-size": "1m" },
      "registry-mirrors": ["https://mirror.example"],
      "insecure-registries": ["10.0.0.0/8", "registry.example:5000"],
      runtimes: { kata: { path: "/opt/kata", runtimeArgs: ["-v"] } },
      "default-ulimits": { nofile: { Name: "nofile", Soft: 10, Hard: 20 } },
      "default-shm-size": "64M",
      labels: ["a=b"],
      tlsverify: true,
      "shutdown-timeout": 3,
      "live-restore": true,
      "storage-driver": "overlay2",
      "exec-opts": ["native.cgroupdriver=cgroupfs"],
    };
    expect(options([], file)).toMatchObject({
      hosts: [{ kind: "unix", path: "/tmp/a.sock" }],
      dataRoot: "/tmp/data",
      addressPools: [{ base: "10.9.0.0/16", size: 24 }],
      logOptions: { "max-size": "1m" },
      registryMirrors: ["https://mirror.example/"],
      insecureRegistries: ["10.0.0.0/8", "registry.example:5000"],
      runtimes: { kata: { path: "/opt/kata", args: ["-v"] } },
      ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }],
      tls: { verify: true, caFile: "/etc/hull/ca.pem" },
      shutdownTimeout: 3,
    });
  });

  test("fills in the port of TLS", () => {
    expect(options(["--tls", "-H", "tcp://[::1]"]).hosts).toEqual([{ kind: "tcp", host: "::1", port: 2376 }]);
  });

  test("where ports are published: --ip, its other name, and the safe word", () => {
    expect(options([]).publishIp).toBe("0.0.0.0");
    expect(options(["--default-publish-ip=10.0.0.1"]).publishIp).toBe("10.0.0.1");
    expect(options(["--safe-publish"]).publishIp).toBe("127.0.0.1");
    expect(options([], { "safe-publish": true, ip: "127.0.0.1" }).publishIp).toBe("127.0.0.1");
    expect(options(["--userland-proxy"]).userlandProxy).toBe(true);
  });

  test("warns of an API that anybody may reach", () => {
    expect(options(["-H", "tcp://0.0.0.0:1234"]).warnings[0]).toContain("0.0.0.0:1234");
    expect(options(["-H", "tcp://0.0.0.0:1234", "--tlsverify"]).warnings).toEqual([]);
    expect(options(["-H", "tcp://127.0.0.1:1234"]).warnings).toEqual([]);
  });

  test.each([
    [
      { hots: [] },
      "the following directives don't match any configuration option: hots (did you mean hosts?)",
    ],
    [{ "config-file": "/x" }, "the following directives don't match any configuration option: config-file"],
    [{ debug: "yes" }, `debug: must be true or false, but is "yes"`],
    [{ hosts: "unix:///x" }, `hosts: must be a list, but is "unix:///x"`],
    [{ mtu: 1.5 }, "mtu: must be a whole number, but is 1.5"],
    [{ runtimes: { a: {} } }, "runtimes: must be a string, but is nothing"],
    [
      { runtimes: { a: { runtimeType: "x" } } },
      `runtimes: runtime "a": runtimeType and options belong to containerd, give a path`,
    ],
    [{ "userns-remap": "default" }, "userns-remap: user namespace remapping is not built"],
    [
      { "live-restore": false },
      "live-restore: containers always outlive the engine: this cannot be switched off",
    ],
    ["[]", "the file must hold one JSON object"],
    ["{", "the file is not valid JSON: "],
  ])("refuses a file with %j", (file, message) => {
    expect(sentence(() => options([], file))).toStartWith(prefix + message);
  });

  test("refuses a key that flag and file both give, naming both values", () => {
    expect(
      sentence(() => options(["-H", "unix:///a", "--debug"], { hosts: ["unix:///b"], debug: true, mtu: 9 })),
    ).toBe(
      `${prefix}the following directives are specified both as a flag and in the configuration file: hosts: (from flag: [unix:///a], from file: [unix:///b]), debug: (from flag: true, from file: true)`,
    );
  });

  test("needs the file only when it was named", () => {
    expect(options([]).configFile).toBe("/etc/hull/engine.json");
    expect(sentence(() => options(["--config-file=/nowhere"]))).toBe(
      "unable to configure the engine with file /nowhere: no such file",
    );
  });

  test.each([
    [["--log-driver=syslog"], "logger: no log driver named 'syslog' is registered"],
    [["--log-opt=max-siez=1"], "unknown log opt 'max-siez' for json-file log driver"],
    [["--default-runtime=nope"], "specified default runtime 'nope' does not exist"],
    [["--data-root=here"], `--data-root must be an absolute path, but it is "here"`],
    [["-H", "foo://"], `invalid argument "foo://" for "-H, --host" flag: invalid bind address "foo://"`],
    [["--label=foo"], `invalid argument "foo" for "--label" flag: bad attribute format: foo`],
    [["--dns=foo"], `invalid argument "foo" for "--dns" flag: foo is not an ip address`],
    [["--bip=10.0.0.1"], `invalid argument "10.0.0.1" for "--bip" flag: invalid CIDR address: 10.0.0.1`],
    [
      ["--bridge=0123456789abcdef"],
      `invalid argument "0123456789abcdef" for "-b, --bridge" flag: "0123456789abcdef" is not an interface name`,
    ],
    [
      ["--log-level=loud"],
      `invalid argument "loud" for "-l, --log-level" flag: unable to parse logging level: loud`,
    ],
    [
      ["--default-address-pool=base=10.0.0.0/24,size=16"],
      `invalid pool: subnets of /16 do not fit into 10.0.0.0/24`,
    ],
    [["--userland-proxy-path=/usr/bin/docker-proxy"], "the copying proxy of --userland-proxy is built in"],
    [["--safe-publish", "--ip=10.0.0.1"], "--ip and --safe-publish name different addresses"],
    [["--registry-mirror=ftp://a"], "unsupported scheme"],
  ])("refuses %p", (args, message) => {
    expect(sentence(() => options(args))).toContain(message);
  });
});

describe("every engine option", () => {
  const usedBy = readdirSync(import.meta.dir)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "engine-options.ts")
    .map((name) => readFileSync(join(import.meta.dir, name), "utf8"))
    .join("\n");

  test.each(Object.keys(options([])).filter((key) => key !== "configFile"))(
    "%s is read by the wiring",
    (key) => {
      expect(usedBy).toContain(`ptions.${key}`);
    },
  );
});

describe("reload()", () => {
  const old = options([], { labels: ["a=b"], mtu: 1400 });

  test("takes over what may change while running and names the rest", () => {
    const file = { labels: ["a=c"], debug: true, mtu: 1300, runtimes: { kata: { path: "/opt/kata" } } };
    const result = reload(old, line([]), () => JSON.stringify(file));
    expect([...result.changed].sort()).toEqual(["labels", "logLevel", "runtimes"]);
    expect(result.refused).toEqual(["mtu"]);
    expect(result.options).toMatchObject({ labels: ["a=c"], logLevel: "debug", mtu: 1400 });
  });

  test("falls back to defaults for what left the file", () => {
    const result = reload(old, line([]), () => `{"mtu": 1400}`);
    expect(result).toMatchObject({ changed: ["labels"], refused: [], options: { labels: [] } });
  });

  test("leaves all as it was when the file is wrong", () => {
    expect(() => reload(old, line([]), () => `{"labels": [1]}`)).toThrow(
      "labels: must be a string, but is 1",
    );
  });
});
