import type { Deploy, Resource } from "../model/deploy.ts";
import type { Network, Volume } from "../model/resources.ts";
import type { Service } from "../model/service.ts";
import type { ServiceNetwork, ServicePort } from "../model/service-parts.ts";
import { about, type Conversion } from "./conversion.ts";

/** Other code carries it over, and says itself what of it is lost. */
const carried = "carried";

type Rule = typeof carried | { readonly lost: string } | { readonly changed: string };

/** Every attribute has a rule: one that is added to the model does not compile without. */
type Coverage<T> = { readonly [K in keyof Required<T>]: Rule };

const lost = (text: string): Rule => ({ lost: text });
const changed = (text: string): Rule => ({ changed: text });

const node = lost("it is a setting of the node");

const serviceRules: Coverage<Service> = {
  name: carried,
  profiles: carried,
  annotations: carried,
  attach: changed("kubectl logs shows what was asked for"),
  build: carried,
  develop: changed("it is for the machine it is developed on"),
  blkio_config: node,
  cap_add: carried,
  cap_drop: carried,
  cgroup_parent: node,
  cgroup: node,
  cpu_count: lost("it is for Windows; deploy.resources.limits.cpus says the same"),
  cpu_percent: lost("it is for Windows; deploy.resources.limits.cpus says the same"),
  cpu_period: carried,
  cpu_quota: carried,
  cpu_rt_period: node,
  cpu_rt_runtime: node,
  cpus: carried,
  cpuset: lost("the kubelet chooses the cores"),
  cpu_shares: carried,
  command: carried,
  configs: carried,
  container_name: carried,
  credential_spec: lost("a cluster has credentials of Windows in resources of its own"),
  depends_on: carried,
  deploy: carried,
  device_cgroup_rules: lost("devices need a device plugin of the cluster"),
  devices: lost("devices need a device plugin of the cluster"),
  dns: carried,
  dns_opt: carried,
  dns_search: carried,
  domainname: lost("names of Pods end as the cluster says"),
  entrypoint: carried,
  provider: lost("a program outside of Compose stands for it: nothing is made"),
  environment: carried,
  env_file: changed("what the files say is in the environment"),
  expose: carried,
  external_links: lost("containers outside of the cluster have no names in it"),
  extra_hosts: carried,
  group_add: carried,
  gpus: carried,
  hostname: carried,
  healthcheck: carried,
  image: carried,
  init: carried,
  ipc: carried,
  isolation: lost("runtime chooses how Pods are isolated"),
  labels: carried,
  label_file: changed("what the files say is in the labels"),
  links: carried,
  logging: lost("the node keeps what Pods write"),
  mem_limit: carried,
  mem_reservation: carried,
  memswap_limit: node,
  mem_swappiness: node,
  mac_address: lost("the cluster chooses addresses"),
  models: lost("a cluster runs models in its own ways"),
  network_mode: carried,
  networks: carried,
  oom_kill_disable: node,
  oom_score_adj: lost("the kubelet chooses by what is reserved and limited"),
  pid: carried,
  pids_limit: node,
  platform: carried,
  ports: carried,
  privileged: carried,
  pull_policy: carried,
  read_only: carried,
  restart: carried,
  runtime: carried,
  scale: carried,
  secrets: carried,
  security_opt: carried,
  shm_size: carried,
  stdin_open: carried,
  stop_grace_period: carried,
  stop_signal: lost("a Pod ends with SIGTERM, or with what its image says"),
  storage_opt: carried,
  sysctls: carried,
  tmpfs: carried,
  tty: carried,
  ulimits: node,
  use_api_socket: lost("a cluster has no socket of an engine"),
  user: carried,
  userns_mode: carried,
  uts: carried,
  volume_driver: lost("storage classes say where volumes are"),
  volumes: carried,
  volumes_from: carried,
  working_dir: carried,
  post_start: carried,
  pre_stop: carried,
  extensions: carried,
};

const portRules: Coverage<ServicePort> = {
  name: carried,
  mode: carried,
  host_ip: carried,
  target: carried,
  published: carried,
  protocol: carried,
  app_protocol: carried,
  extensions: carried,
};

const networkOfServiceRules: Coverage<ServiceNetwork> = {
  aliases: carried,
  driver_opts: lost("the cluster has one network"),
  gw_priority: lost("the cluster has one network"),
  interface_name: lost("the cluster has one network"),
  ipv4_address: lost("the cluster chooses addresses"),
  ipv6_address: lost("the cluster chooses addresses"),
  link_local_ips: lost("the cluster chooses addresses"),
  mac_address: lost("the cluster chooses addresses"),
  priority: lost("the cluster has one network"),
  extensions: carried,
};

const networkRules: Coverage<Network> = {
  name: carried,
  driver: lost("the cluster has one network, which policies divide"),
  driver_opts: lost("the cluster has one network, which policies divide"),
  ipam: lost("the cluster chooses addresses"),
  external: lost("Pods outside of this project are not let in by its policies"),
  internal: carried,
  attachable: changed("what has the network's label is in it"),
  labels: lost("labels are not carried over"),
  enable_ipv4: lost("the cluster chooses addresses"),
  enable_ipv6: lost("the cluster chooses addresses"),
  extensions: carried,
};

const volumeRules: Coverage<Volume> = {
  name: carried,
  driver: lost("the storage class says where it is: the label hull.storage-class chooses one"),
  driver_opts: lost("the storage class says where it is: the label hull.storage-class chooses one"),
  external: carried,
  labels: carried,
  extensions: carried,
};

const deployRules: Coverage<Deploy> = {
  mode: carried,
  replicas: carried,
  labels: carried,
  update_config: carried,
  rollback_config: carried,
  resources: carried,
  restart_policy: carried,
  placement: carried,
  endpoint_mode: carried,
  extensions: carried,
};

const limitRules: Coverage<Resource> = {
  cpus: carried,
  memory: carried,
  pids: node,
  devices: lost("devices are asked for below reservations"),
  generic_resources: lost("devices need a device plugin of the cluster"),
  extensions: carried,
};

const reservationRules: Coverage<Resource> = { ...limitRules, devices: carried };

/** Notes for all that no code carries over. */
export function tellWhatIsLeft(conversion: Conversion): void {
  const { project } = conversion;
  const tell = <T extends object>(
    subject: string,
    path: string,
    value: T | null | undefined,
    rules: Coverage<T>,
  ) => {
    for (const [key, item] of Object.entries(value ?? {})) {
      const rule: Rule | undefined = (rules as Readonly<Record<string, Rule>>)[key];
      if (rule === undefined || rule === carried || isNothing(key, item)) continue;
      const attribute = path + key;
      if ("lost" in rule) conversion.notes.lost(subject, attribute, rule.lost);
      else conversion.notes.changed(subject, attribute, rule.changed);
    }
  };
  for (const service of Object.values(project.services)) {
    const subject = about(service);
    tell(subject, "", service, serviceRules);
    for (const port of service.ports ?? []) tell(subject, "ports.", port, portRules);
    for (const [key, network] of Object.entries(service.networks ?? {}))
      tell(subject, `networks.${key}.`, network, networkOfServiceRules);
    tell(subject, "deploy.", service.deploy, deployRules);
    tell(subject, "deploy.resources.limits.", service.deploy?.resources?.limits, limitRules);
    tell(
      subject,
      "deploy.resources.reservations.",
      service.deploy?.resources?.reservations,
      reservationRules,
    );
  }
  for (const [key, network] of Object.entries(project.networks))
    tell(`network ${key}`, "", network, networkRules);
  for (const [key, volume] of Object.entries(project.volumes)) tell(`volume ${key}`, "", volume, volumeRules);
}

/** What says only what is so anyway. */
function isNothing(key: string, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (typeof value === "object") return Object.keys(value).length === 0;
  if (key === "attach" || key === "enable_ipv4") return value === true;
  if (key === "driver") return value === "default" || value === "bridge" || value === "local";
  return value === false;
}
