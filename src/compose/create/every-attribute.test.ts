import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectOf, wishOf } from "../../../tests/fakes/container-wish.ts";
import { attributePaths } from "../../../tests/setup/schema-paths.ts";
import { messageOf } from "../../errors/engine-error.ts";
import type { Service } from "../model/service.ts";
import { planContainer } from "./plan-container.ts";

const schema = JSON.parse(
  readFileSync(join(import.meta.dir, "../../../reference/compose-spec.schema.json"), "utf8"),
);

type Parts = Omit<Service, "name">;

const project = projectOf({
  networks: { default: { name: "shop_default" }, a: { name: "shop_a" }, b: { name: "shop_b" } },
  volumes: { data: { name: "shop_data" } },
  secrets: { s: { name: "shop_s", file: "/s" }, t: { name: "shop_t", content: "text" } },
  configs: { c: { name: "shop_c", file: "/c" }, d: { name: "shop_d", content: "text" } },
});

/** Everything that is decided about a container, a refusal as well. */
function outcome(parts: Parts, number = 1): string {
  const containersOf = new Map([["db", [{ id: "dbid", name: "shop-db-1" }]]]);
  try {
    return JSON.stringify(
      planContainer(wishOf({ name: "web", ...parts }, { project, containersOf, number })),
    );
  } catch (error) {
    return messageOf(error);
  }
}

const volume = (parts: object): Parts => ({
  volumes: [{ type: "volume", source: "data", target: "/x", ...parts }],
});
const bind = (parts: object): Parts => ({
  volumes: [{ type: "bind", source: "/h", target: "/x", bind: { create_host_path: true, ...parts } }],
});
const port = (parts: object): Parts => ({ ports: [{ target: 80, protocol: "tcp", ...parts }] });
const network = (parts: object): Parts => ({ networks: { a: parts } });
const limit = (parts: object): Parts => ({ deploy: { resources: { limits: parts } } });
const reserve = (parts: object): Parts => ({ deploy: { resources: { reservations: parts } } });
const reserved = (parts: object): Parts => reserve({ devices: [{ capabilities: ["gpu"], ...parts }] });
const policy = (parts: object): Parts => ({
  deploy: { restart_policy: { condition: "on-failure", ...parts } },
});
const gpu = (parts: object): Parts => ({ gpus: [parts] });
const device = (parts: object): Parts => ({ devices: [{ source: "/dev/a", target: "/dev/a", ...parts }] });
const check = (parts: object): Parts => ({
  healthcheck: { test: ["CMD", "true"], start_period: 1, ...parts },
});
const rate = (key: string, path: string, speed: number): Parts => ({
  blkio_config: { [key]: [{ path, rate: speed }] },
});
const weight = (path: string, value: number): Parts => ({
  blkio_config: { weight_device: [{ path, weight: value }] },
});
const secret = (parts: object): Parts => ({ secrets: [{ source: "t", ...parts }] });
const config = (parts: object): Parts => ({ configs: [{ source: "d", ...parts }] });

/** Two services that differ in the attribute alone; what is made of them must differ as well. */
const probes: Readonly<Record<string, readonly [Parts, Parts]>> = {
  annotations: [{}, { annotations: { a: "b" } }],
  "blkio_config.weight": [{ blkio_config: {} }, { blkio_config: { weight: 300 } }],
  "blkio_config.weight_device[].path": [weight("/dev/a", 1), weight("/dev/b", 1)],
  "blkio_config.weight_device[].weight": [weight("/dev/a", 1), weight("/dev/a", 2)],
  ...Object.fromEntries(
    ["device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops"].flatMap((key) => [
      [`blkio_config.${key}[].path`, [rate(key, "/dev/a", 1), rate(key, "/dev/b", 1)]] as const,
      [`blkio_config.${key}[].rate`, [rate(key, "/dev/a", 1), rate(key, "/dev/a", 2)]] as const,
    ]),
  ),
  cap_add: [{}, { cap_add: ["ALL"] }],
  cap_drop: [{}, { cap_drop: ["ALL"] }],
  cgroup: [{}, { cgroup: "host" }],
  cgroup_parent: [{}, { cgroup_parent: "/p" }],
  command: [{}, { command: [] }],
  "configs[].source": [{ configs: [{ source: "c" }] }, { configs: [{ source: "d" }] }],
  "configs[].target": [config({}), config({ target: "/t" })],
  "configs[].uid": [config({}), config({ uid: "5" })],
  "configs[].gid": [config({}), config({ gid: "5" })],
  "configs[].mode": [config({}), config({ mode: 0o400 })],
  container_name: [{}, { container_name: "one" }],
  cpu_count: [{}, { cpu_count: 1 }],
  cpu_percent: [{}, { cpu_percent: 1 }],
  cpu_period: [{}, { cpu_period: 1 }],
  cpu_quota: [{}, { cpu_quota: 1 }],
  cpu_rt_period: [{}, { cpu_rt_period: 1 }],
  cpu_rt_runtime: [{}, { cpu_rt_runtime: 1 }],
  cpu_shares: [{}, { cpu_shares: 1 }],
  cpus: [{}, { cpus: 1 }],
  cpuset: [{}, { cpuset: "0" }],
  credential_spec: [{}, { credential_spec: { config: "a" } }],
  "credential_spec.config": [{}, { credential_spec: { config: "a" } }],
  "credential_spec.file": [{}, { credential_spec: { file: "a" } }],
  "credential_spec.registry": [{}, { credential_spec: { registry: "a" } }],
  "depends_on.*.condition": [
    { depends_on: { db: { condition: "service_started", required: true } } },
    { depends_on: { db: { condition: "service_healthy", required: true } } },
  ],
  "depends_on.*.restart": [
    { depends_on: { db: { condition: "service_started", required: true } } },
    { depends_on: { db: { condition: "service_started", required: true, restart: true } } },
  ],
  "deploy.mode": [{ deploy: { mode: "replicated" } }, { deploy: { mode: "global" } }],
  "deploy.endpoint_mode": [{ deploy: {} }, { deploy: { endpoint_mode: "vip" } }],
  "deploy.labels": [{ deploy: {} }, { deploy: { labels: { a: "b" } } }],
  "deploy.placement": [{ deploy: {} }, { deploy: { placement: {} } }],
  "deploy.resources.limits.cpus": [limit({}), limit({ cpus: 1 })],
  "deploy.resources.limits.memory": [limit({}), limit({ memory: 1 })],
  "deploy.resources.limits.pids": [limit({}), limit({ pids: 1 })],
  "deploy.resources.reservations.memory": [reserve({}), reserve({ memory: 1 })],
  "deploy.resources.reservations.cpus": [reserve({}), reserve({ cpus: 1 })],
  "deploy.resources.reservations.generic_resources": [reserve({}), reserve({ generic_resources: [] })],
  "deploy.resources.reservations.devices[].capabilities": [reserved({}), reserved({ capabilities: ["tpu"] })],
  "deploy.resources.reservations.devices[].count": [reserved({}), reserved({ count: -1 })],
  "deploy.resources.reservations.devices[].device_ids": [reserved({}), reserved({ device_ids: ["0"] })],
  "deploy.resources.reservations.devices[].driver": [reserved({}), reserved({ driver: "x" })],
  "deploy.resources.reservations.devices[].options": [reserved({}), reserved({ options: { a: "b" } })],
  "deploy.restart_policy.condition": [policy({}), policy({ condition: "any" })],
  "deploy.restart_policy.max_attempts": [policy({}), policy({ max_attempts: 2 })],
  "deploy.restart_policy.delay": [policy({}), policy({ delay: 1 })],
  "deploy.restart_policy.window": [policy({}), policy({ window: 1 })],
  device_cgroup_rules: [{}, { device_cgroup_rules: ["c 1:1 r"] }],
  "devices[].source": [device({}), device({ source: "/dev/b" })],
  "devices[].target": [device({}), device({ target: "/dev/b" })],
  "devices[].permissions": [device({}), device({ permissions: "r" })],
  dns: [{}, { dns: ["1.1.1.1"] }],
  dns_opt: [{}, { dns_opt: ["a"] }],
  dns_search: [{}, { dns_search: ["a"] }],
  domainname: [{}, { domainname: "a" }],
  entrypoint: [{}, { entrypoint: [] }],
  environment: [{}, { environment: { A: null } }],
  expose: [{}, { expose: ["80"] }],
  external_links: [{}, { external_links: ["a"] }],
  extra_hosts: [{}, { extra_hosts: { a: ["1.1.1.1"] } }],
  "gpus[].capabilities": [gpu({}), gpu({ capabilities: ["compute"] })],
  "gpus[].count": [gpu({}), gpu({ count: 1 })],
  "gpus[].device_ids": [gpu({}), gpu({ device_ids: ["0"] })],
  "gpus[].driver": [gpu({}), gpu({ driver: "a" })],
  "gpus[].options": [gpu({}), gpu({ options: { a: "b" } })],
  group_add: [{}, { group_add: ["a"] }],
  "healthcheck.disable": [check({}), check({ disable: true })],
  "healthcheck.interval": [check({}), check({ interval: 1 })],
  "healthcheck.retries": [check({}), check({ retries: 1 })],
  "healthcheck.start_interval": [check({}), check({ start_interval: 1 })],
  "healthcheck.start_period": [check({}), check({ start_period: 2 })],
  "healthcheck.test": [check({}), check({ test: ["NONE"] })],
  "healthcheck.timeout": [check({}), check({ timeout: 1 })],
  hostname: [{}, { hostname: "a" }],
  image: [{ image: "a" }, { image: "b" }],
  init: [{}, { init: false }],
  ipc: [{}, { ipc: "host" }],
  isolation: [{}, { isolation: "default" }],
  labels: [{}, { labels: { a: "" } }],
  links: [{}, { links: ["db"] }],
  "logging.driver": [{}, { logging: { driver: "local" } }],
  "logging.options": [
    { logging: { driver: "local" } },
    { logging: { driver: "local", options: { a: "b" } } },
  ],
  mac_address: [{}, { mac_address: "02:42:00:00:00:01" }],
  mem_limit: [{}, { mem_limit: 1 }],
  mem_reservation: [{}, { mem_reservation: 1 }],
  mem_swappiness: [{}, { mem_swappiness: 1 }],
  memswap_limit: [{}, { memswap_limit: -1 }],
  models: [{}, { models: { m: null } }],
  "models.*.endpoint_var": [{}, { models: { m: { endpoint_var: "A" } } }],
  "models.*.model_var": [{}, { models: { m: { model_var: "A" } } }],
  network_mode: [{}, { network_mode: "host" }],
  "networks.*.aliases": [network({}), network({ aliases: ["x"] })],
  "networks.*.driver_opts": [network({}), network({ driver_opts: { a: "b" } })],
  "networks.*.gw_priority": [network({}), network({ gw_priority: 1 })],
  "networks.*.interface_name": [network({}), network({ interface_name: "x" })],
  "networks.*.ipv4_address": [network({}), network({ ipv4_address: "10.0.0.2" })],
  "networks.*.ipv6_address": [network({}), network({ ipv6_address: "fd00::2" })],
  "networks.*.link_local_ips": [network({}), network({ link_local_ips: ["169.254.0.2"] })],
  "networks.*.mac_address": [network({}), network({ mac_address: "02:42:00:00:00:01" })],
  "networks.*.priority": [{ networks: { a: {}, b: {} } }, { networks: { a: {}, b: { priority: 1 } } }],
  oom_kill_disable: [{}, { oom_kill_disable: true }],
  oom_score_adj: [{}, { oom_score_adj: 1 }],
  pid: [{}, { pid: "host" }],
  pids_limit: [{}, { pids_limit: 1 }],
  platform: [{}, { platform: "linux/amd64" }],
  "ports[].host_ip": [port({}), port({ host_ip: "127.0.0.1" })],
  "ports[].protocol": [port({}), port({ protocol: "udp" })],
  "ports[].published": [port({}), port({ published: "80" })],
  "ports[].target": [port({}), port({ target: 81 })],
  privileged: [{}, { privileged: true }],
  provider: [{}, { provider: { type: "x" } }],
  "provider.type": [{ provider: { type: "x" } }, { provider: { type: "y" } }],
  read_only: [{}, { read_only: true }],
  restart: [{}, { restart: "always" }],
  runtime: [{}, { runtime: "runc" }],
  "secrets[].source": [{ secrets: [{ source: "s" }] }, { secrets: [{ source: "t" }] }],
  "secrets[].target": [secret({}), secret({ target: "/t" })],
  "secrets[].uid": [secret({}), secret({ uid: "5" })],
  "secrets[].gid": [secret({}), secret({ gid: "5" })],
  "secrets[].mode": [secret({}), secret({ mode: 0o400 })],
  security_opt: [{}, { security_opt: ["no-new-privileges"] }],
  shm_size: [{}, { shm_size: 1 }],
  stdin_open: [{}, { stdin_open: true }],
  stop_grace_period: [{}, { stop_grace_period: 1e9 }],
  stop_signal: [{}, { stop_signal: "SIGINT" }],
  storage_opt: [{}, { storage_opt: { size: "1G" } }],
  sysctls: [{}, { sysctls: { a: "1" } }],
  tmpfs: [{}, { tmpfs: ["/t"] }],
  tty: [{}, { tty: true }],
  "ulimits.*.hard": [{ ulimits: { nofile: { soft: 1 } } }, { ulimits: { nofile: { soft: 1, hard: 2 } } }],
  "ulimits.*.soft": [{ ulimits: { nofile: { hard: 2 } } }, { ulimits: { nofile: { soft: 1, hard: 2 } } }],
  user: [{}, { user: "a" }],
  userns_mode: [{}, { userns_mode: "host" }],
  uts: [{}, { uts: "host" }],
  "volumes[].type": [volume({}), volume({ type: "bind" })],
  "volumes[].source": [volume({}), volume({ source: "other" })],
  "volumes[].target": [volume({}), volume({ target: "/y" })],
  "volumes[].read_only": [volume({}), volume({ read_only: true })],
  "volumes[].consistency": [volume({ source: "other" }), volume({ source: "other", consistency: "cached" })],
  "volumes[].bind.create_host_path": [bind({}), bind({ create_host_path: false })],
  "volumes[].bind.propagation": [bind({}), bind({ propagation: "rshared" })],
  "volumes[].bind.recursive": [bind({}), bind({ recursive: "disabled" })],
  "volumes[].bind.selinux": [bind({}), bind({ selinux: "z" })],
  "volumes[].volume.labels": [volume({}), volume({ volume: { labels: { a: "b" } } })],
  "volumes[].volume.nocopy": [volume({}), volume({ volume: { nocopy: true } })],
  "volumes[].volume.subpath": [volume({}), volume({ volume: { subpath: "a" } })],
  "volumes[].tmpfs.mode": [volume({ type: "tmpfs" }), volume({ type: "tmpfs", tmpfs: { mode: 0o1777 } })],
  "volumes[].tmpfs.size": [volume({ type: "tmpfs" }), volume({ type: "tmpfs", tmpfs: { size: 1 } })],
  "volumes[].image.subpath": [volume({ type: "image" }), volume({ type: "image", image: { subpath: "a" } })],
  volumes_from: [{}, { volumes_from: ["db:ro"] }],
  working_dir: [{}, { working_dir: "/w" }],
};

/** What a container's body does not depend on, and who reads it. A path stands for all below it. */
const elsewhere: Readonly<Record<string, string>> = {
  attach: "whose output an attached `up` shows",
  build: "how the image is made",
  "depends_on.*.required": "the order of starting",
  "deploy.placement.constraints": "told with deploy.placement",
  "deploy.placement.preferences": "told with deploy.placement",
  "deploy.placement.max_replicas_per_node": "told with deploy.placement",
  "deploy.resources.reservations.generic_resources[]": "told with generic_resources",
  "deploy.replicas": "how many containers there are",
  "deploy.rollback_config": "src/compose/rollout",
  "deploy.update_config": "src/compose/rollout",
  develop: "`watch`",
  env_file: "read into environment by the loader",
  extends: "merged by the loader",
  label_file: "read into labels by the loader",
  post_start: "run when the container has started",
  pre_stop: "run before the container stops",
  "ports[].app_protocol": "describes the port to people and other tools",
  "ports[].mode": "host and ingress are the same on one machine",
  "ports[].name": "describes the port to people and other tools",
  profiles: "which services there are",
  "provider.options": "for the program that stands for the service",
  pull_policy: "when the image is pulled",
  pull_refresh_after: "when the image is pulled",
  scale: "how many containers there are",
  use_api_socket: "src/compose/create/api-socket.ts, before the body is made",
};

const isBelow = (path: string, above: string) =>
  path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);

describe("every attribute of a service", () => {
  const paths = attributePaths(schema, "service");

  test("is mapped, refused, or read somewhere else", () => {
    const known = [...Object.keys(probes), ...Object.keys(elsewhere)];
    const forgotten = paths.filter(
      (path) =>
        !known.some((one) => one === path || isBelow(one, path)) &&
        !Object.keys(elsewhere).some((one) => isBelow(path, one)),
    );
    expect(forgotten).toEqual([]);
    const unknown = known.filter((one) => !paths.some((path) => isBelow(path, one)));
    expect(unknown).toEqual([]);
  });

  for (const [path, [without, withIt]] of Object.entries(probes)) {
    test(`${path} makes a difference`, () => {
      expect(outcome({ image: "x", ...withIt })).not.toBe(outcome({ image: "x", ...without }));
    });
  }

  for (const path of Object.keys(probes)) {
    if (!path.includes("credential_spec") && !path.includes("models")) continue;
    test(`${path} is refused in a sentence`, () => {
      const [, withIt] = probes[path] ?? [{}, {}];
      expect(outcome({ image: "x", ...withIt })).toMatch(/^services\.web\.(credential_spec|models): \S+ /);
    });
  }
});
