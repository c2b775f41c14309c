import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { problemsOf } from "../../../tests/setup/kubernetes-check.ts";
import { sketchProject } from "../../../tests/setup/sketch-project.ts";
import type { Deploy, Resource } from "../model/deploy.ts";
import type { Project } from "../model/project.ts";
import type { ConfigFile, Network, Volume } from "../model/resources.ts";
import type { Service } from "../model/service.ts";
import type { Healthcheck, ServiceNetwork, ServicePort, ServiceVolume } from "../model/service-parts.ts";
import { toKubernetes } from "./convert.ts";
import { manifestsText } from "./manifest-text.ts";

/** A value for every attribute: one that is added to the model does not compile without. */
type Samples<T> = { readonly [K in keyof Required<Omit<T, "extensions" | "name">>]: T[K] };

const second = 1e9;

const service: Samples<Service> = {
  profiles: ["p"],
  annotations: { a: "b" },
  attach: false,
  build: { context: "/srv/p" },
  develop: { watch: [{ path: "/srv/p", action: "rebuild" }] },
  blkio_config: { weight: 100 },
  cap_add: ["NET_ADMIN"],
  cap_drop: ["CAP_CHOWN"],
  cgroup_parent: "x",
  cgroup: "host",
  cpu_count: 2,
  cpu_percent: 50,
  cpu_period: 50_000,
  cpu_quota: 50_000,
  cpu_rt_period: 1000,
  cpu_rt_runtime: 1000,
  cpus: 0.5,
  cpuset: "0,1",
  cpu_shares: 512,
  command: ["run"],
  configs: [{ source: "conf" }],
  container_name: "other",
  credential_spec: { file: "x" },
  depends_on: { db: { condition: "service_started", required: true } },
  deploy: { replicas: 2 },
  device_cgroup_rules: ["c 1:3 mr"],
  devices: [{ source: "/dev/a", target: "/dev/a" }],
  dns: ["9.9.9.9"],
  dns_opt: ["ndots:2"],
  dns_search: ["example.com"],
  domainname: "example.com",
  entrypoint: ["/start"],
  provider: { type: "x" },
  environment: { A: "b" },
  env_file: [{ path: "/srv/p/.env", required: true }],
  expose: ["81"],
  external_links: ["a:b"],
  extra_hosts: { a: ["10.0.0.1"] },
  group_add: ["1000"],
  gpus: [{ driver: "nvidia", count: 1 }],
  hostname: "h",
  healthcheck: { test: ["CMD", "true"] },
  image: "other:2",
  init: true,
  ipc: "host",
  isolation: "hyperv",
  labels: { l: "v" },
  label_file: ["/srv/p/labels"],
  links: ["db:pg"],
  logging: { driver: "none" },
  mem_limit: 2 ** 28,
  mem_reservation: 2 ** 27,
  memswap_limit: 2 ** 29,
  mem_swappiness: 10,
  mac_address: "02:00:00:00:00:01",
  models: { m: null },
  network_mode: "host",
  networks: { back: null },
  oom_kill_disable: true,
  oom_score_adj: 100,
  pid: "host",
  pids_limit: 100,
  platform: "linux/arm64",
  ports: [{ target: 82, published: "8082" }],
  privileged: true,
  pull_policy: "always",
  read_only: true,
  restart: "on-failure:3",
  runtime: "gvisor",
  scale: 2,
  secrets: [{ source: "pass" }],
  security_opt: ["no-new-privileges:true"],
  shm_size: 2 ** 26,
  stdin_open: true,
  stop_grace_period: 5 * second,
  stop_signal: "SIGINT",
  storage_opt: { size: "2G" },
  sysctls: { "net.core.somaxconn": "1024" },
  tmpfs: ["/tmp"],
  tty: true,
  ulimits: { nofile: { single: 1000 } },
  use_api_socket: true,
  user: "1000:1000",
  userns_mode: "host",
  uts: "host",
  volume_driver: "nfs",
  volumes: [{ type: "volume", source: "data", target: "/d" }],
  volumes_from: ["db"],
  working_dir: "/w",
  post_start: [{ command: ["a"] }],
  pre_stop: [{ command: ["b"], user: "root" }],
};

const port: Samples<ServicePort> & { name: string } = {
  name: "admin",
  mode: "host",
  host_ip: "127.0.0.1",
  target: 84,
  published: "8084",
  protocol: "udp",
  app_protocol: "grpc",
};

const volume: Samples<ServiceVolume> = {
  type: "tmpfs",
  source: "other",
  target: "/elsewhere",
  read_only: true,
  consistency: "cached",
  bind: { propagation: "rshared" },
  volume: { subpath: "x" },
  tmpfs: { size: 1024 },
  image: { subpath: "x" },
};

const network: Samples<ServiceNetwork> = {
  aliases: ["nick"],
  driver_opts: { a: "b" },
  gw_priority: 1,
  interface_name: "eth7",
  ipv4_address: "10.0.0.9",
  ipv6_address: "fd00::9",
  link_local_ips: ["169.254.1.1"],
  mac_address: "02:00:00:00:00:02",
  priority: 5,
};

const healthcheck: Samples<Healthcheck> = {
  test: ["CMD", "curl", "-f", "http://localhost/"],
  timeout: 7 * second,
  interval: 8 * second,
  retries: 9,
  start_period: 10 * second,
  start_interval: 2 * second,
  disable: true,
};

const deploy: Samples<Deploy> = {
  mode: "global",
  replicas: 3,
  labels: { d: "e" },
  update_config: { order: "start-first" },
  rollback_config: { parallelism: 1 },
  resources: { limits: { cpus: 1 } },
  restart_policy: { condition: "on-failure" },
  placement: { constraints: ["node.labels.disk == ssd"] },
  endpoint_mode: "dnsrr",
};

const resource: Samples<Resource> = {
  cpus: 0.25,
  memory: 2 ** 25,
  pids: 10,
  devices: [{ capabilities: ["gpu"], count: 1 }],
  generic_resources: [{ discrete_resource_spec: { kind: "x", value: 1 } }],
};

const projectNetwork: Samples<Network> = {
  driver: "overlay",
  driver_opts: { a: "b" },
  ipam: { config: [{ subnet: "10.9.0.0/24" }] },
  external: true,
  internal: true,
  attachable: true,
  labels: { a: "b" },
  enable_ipv4: false,
  enable_ipv6: true,
};

const projectVolume: Samples<Volume> = {
  driver: "nfs",
  driver_opts: { a: "b" },
  external: true,
  labels: { "hull.storage": "5Gi" },
};

const file: Samples<ConfigFile> = {
  file: "/srv/p/file",
  environment: "FILE",
  content: "other",
  external: true,
  labels: { a: "b" },
  driver: "x",
  driver_opts: { a: "b" },
  template_driver: "golang",
};

const base = sketchProject(
  "p",
  {
    web: { open: ["80:80"] },
    db: { mount: ["own:/own"], configs: [{ source: "shown" }], secrets: [{ source: "pass" }] },
  },
  {
    networks: { default: { name: "p_default" }, back: { name: "p_back" } },
    volumes: { own: { name: "p_own" }, data: { name: "p_data" }, other: { name: "p_other" } },
    configs: {
      conf: { name: "conf", content: "c" },
      shown: { name: "external-shown", content: "s" },
    },
    secrets: { pass: { name: "external-pass", content: "s" } },
    environment: { FILE: "from the environment" },
  },
);

function web(change: Partial<Service>): Project {
  const { network_mode: mode } = change;
  const before = base.services.web;
  if (!before) throw new Error("the base has no web");
  const { networks, ...rest } = before;
  const after = { ...(mode === undefined ? before : rest), ...change };
  return { ...base, services: { ...base.services, web: after } };
}

const some: ServicePort = { target: 83, published: "8083", protocol: "tcp" };
const mounted: ServiceVolume = { type: "volume", source: "own", target: "/m" };
const checked: Healthcheck = { test: ["CMD", "true"] };
const bound: ServiceVolume = { type: "bind", source: "/srv/p/x", target: "/x" };

function hasContent(part: Partial<ConfigFile>): boolean {
  return ["file", "environment", "content", "external"].some((key) => key in part);
}

type Case = readonly [attribute: string, before: Project, after: Project];

function cases<T extends object>(
  prefix: string,
  samples: T,
  make: (part: Partial<T>) => Project,
): readonly Case[] {
  return Object.entries(samples).map(([key, value]) => {
    return [`${prefix}${key}`, make({}), make({ [key]: value } as Partial<T>)];
  });
}

const all: readonly Case[] = [
  ...cases("services.web.", service, (part) => web(part as Partial<Service>)),
  ...cases("ports.", port, (part) => web({ ports: [{ ...some, ...part }] })),
  ...cases("volumes.", volume, (part) => {
    const isBind = "bind" in part;
    const kind = "tmpfs" in part ? { type: "tmpfs" } : "image" in part ? { type: "image" } : {};
    return web({ volumes: [{ ...(isBind ? bound : mounted), ...kind, ...part } as ServiceVolume] });
  }),
  ...cases("networks.default.", network, (part) => web({ networks: { default: part } })),
  ...cases("healthcheck.", healthcheck, (part) => web({ healthcheck: { ...checked, ...part } })),
  ...cases("deploy.", deploy, (part) => web({ deploy: part })),
  ...cases("deploy.resources.limits.", resource, (limits) => web({ deploy: { resources: { limits } } })),
  ...cases("deploy.resources.reservations.", resource, (reservations) =>
    web({ deploy: { resources: { reservations } } }),
  ),
  ...cases(
    "update_config.",
    {
      delay: second,
      failure_action: "rollback",
      max_failure_ratio: 0.5,
      monitor: 2 * second,
      order: "start-first",
      parallelism: 2,
    },
    (part) => web({ deploy: { update_config: part } }),
  ),
  ...cases("restart_policy.", { condition: "none", delay: second, max_attempts: 3, window: second }, (part) =>
    web({ deploy: { restart_policy: part } }),
  ),
  ...cases(
    "placement.",
    {
      constraints: ["node.role == manager"],
      max_replicas_per_node: 1,
      preferences: [{ spread: "node.labels.zone" }],
    },
    (part) => web({ deploy: { placement: part } }),
  ),
  ...cases("network default.", projectNetwork, (part) => ({
    ...base,
    networks: { ...base.networks, default: { name: "p_default", ...part } },
  })),
  ...cases("volume own.", projectVolume, (part) => ({
    ...base,
    volumes: { ...base.volumes, own: { name: "external-own", ...part } },
  })),
  ...cases("config shown.", file, (part) => ({
    ...base,
    configs: {
      ...base.configs,
      shown: {
        name: "external-shown",
        ...(hasContent(part) ? {} : { content: "s" }),
        ...part,
      },
    },
  })),
];

/** What says nothing by itself: profiles have chosen when the project is loaded, a period needs a quota. */
const spent = new Set(["services.web.profiles", "services.web.cpu_period"]);

// The first one compiles the schemas, which a busy machine takes its time for.
setDefaultTimeout(60_000);

describe("nothing is silently dropped", () => {
  test.each(all.filter(([attribute]) => !spent.has(attribute)))(
    "%s changes what is made, or is told",
    (_, before, after) => {
      const sources = { read: () => undefined };
      const [was, is] = [toKubernetes(before, sources), toKubernetes(after, sources)];
      expect(manifestsText(is) === manifestsText(was)).toBe(false);
      expect(problemsOf(is.manifests.map(({ body }) => JSON.parse(JSON.stringify(body))))).toEqual([]);
    },
  );
});
