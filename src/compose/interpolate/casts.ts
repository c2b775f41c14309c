/** What the model wants at a place where a variable can only give a text. */
export type CastKind = "integer" | "float" | "boolean";

/** Paths by their steps: `*` is any name, `[]` any place in a list. */
export interface CastNode {
  readonly kind?: CastKind;
  readonly below?: ReadonlyMap<string, CastNode>;
}

const integers = `
  services.*.cpu_count services.*.cpu_period services.*.cpu_quota services.*.cpu_rt_period
  services.*.cpu_rt_runtime services.*.cpu_shares services.*.oom_score_adj services.*.pids_limit
  services.*.scale services.*.healthcheck.retries services.*.ports.[].target
  services.*.deploy.replicas services.*.deploy.update_config.parallelism
  services.*.deploy.rollback_config.parallelism services.*.deploy.restart_policy.max_attempts
  services.*.deploy.placement.max_replicas_per_node
  services.*.ulimits.* services.*.ulimits.*.hard services.*.ulimits.*.soft`;

const floats = `
  services.*.cpu_percent services.*.cpus services.*.deploy.update_config.max_failure_ratio
  services.*.deploy.rollback_config.max_failure_ratio`;

const booleans = `
  services.*.init services.*.oom_kill_disable services.*.privileged services.*.read_only
  services.*.stdin_open services.*.tty services.*.healthcheck.disable services.*.volumes.[].read_only
  services.*.volumes.[].volume.nocopy networks.*.external networks.*.internal networks.*.attachable
  networks.*.enable_ipv4 networks.*.enable_ipv6 volumes.*.external secrets.*.external configs.*.external`;

interface Growing {
  kind?: CastKind;
  below?: Map<string, Growing>;
}

function grow(): CastNode {
  const root: Growing = {};
  const lists: [CastKind, string][] = [
    ["integer", integers],
    ["float", floats],
    ["boolean", booleans],
  ];
  for (const [kind, list] of lists) {
    for (const path of list.trim().split(/\s+/)) {
      let node = root;
      for (const step of path.split(".")) {
        node.below ??= new Map();
        let next = node.below.get(step);
        if (!next) {
          next = {};
          node.below.set(step, next);
        }
        node = next;
      }
      node.kind = kind;
    }
  }
  return root;
}

export const castRoot = grow();

export function castBelow(node: CastNode | undefined, step: string | number): CastNode | undefined {
  if (!node?.below) return undefined;
  if (typeof step === "number") return node.below.get("[]") ?? node.below.get("*");
  return node.below.get(step) ?? node.below.get("*");
}
