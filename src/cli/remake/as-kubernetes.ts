import { filled } from "../../compose/kubernetes/conversion.ts";
import { splitLabels } from "../../compose/kubernetes/label-values.ts";
import { kubernetesName } from "../../compose/kubernetes/name.ts";
import { probeAction, probeTimes } from "../../compose/kubernetes/probe.ts";
import { identity, securityOptions } from "../../compose/kubernetes/security.ts";
import { capabilityName, cpuQuantity, literal } from "../../compose/kubernetes/words.ts";
import { type Yaml, yamlText } from "../../lib/yaml-text.ts";
import type { HealthConfig } from "../../protocol/generated/types.ts";
import { type Storage, storageOf } from "./kubernetes-storage.ts";
import { runWords } from "./run-words.ts";
import type { Options, Wish } from "./wish.ts";

/** Options that have a place in a Pod; the others become comments. */
const said = new Set<string>([
  ...[
    "annotations",
    "autoRemove",
    "capAdd",
    "capDrop",
    "cpus",
    "dns",
    "dnsOptions",
    "dnsSearch",
    "entrypoint",
    "env",
  ],
  ...["expose", "extraHosts", "groupAdd", "health", "hostname", "interactive", "ipc", "labels", "memory"],
  ...[
    "memoryReservation",
    "mounts",
    "networkMode",
    "pid",
    "ports",
    "privileged",
    "readOnly",
    "restart",
    "shmSize",
  ],
  ...["stopTimeout", "sysctls", "tmpfs", "tty", "user", "volumes", "workdir", "securityOpt"],
]);

/** A Pod, with a claim for each named volume, that does what the container does. */
export function asKubernetes(wish: Wish): string {
  const { options } = wish;
  const name = kubernetesName(wish.name);
  const storage = storageOf(options);
  const comments = [
    ...runWords(wish).flatMap(({ option, flags }) =>
      said.has(option) ? [] : flags.map((words) => `not said here: ${words.join(" ")}`),
    ),
    ...limits(options),
  ];
  const pod: Yaml = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      labels: { app: name, ...splitLabels(options.labels ?? {}).labels },
      annotations: annotationsOf(options),
    },
    spec: {
      containers: [containerPart(wish, name, storage)],
      volumes: storage.volumes.length > 0 ? storage.volumes : undefined,
      restartPolicy: restartPolicy(options.restart),
      hostname: options.hostname?.toLowerCase(),
      hostNetwork: options.networkMode === "host" || undefined,
      hostPID: options.pid === "host" || undefined,
      hostIPC: options.ipc === "host" || undefined,
      hostAliases: hostAliases(options.extraHosts),
      ...dnsPart(options),
      terminationGracePeriodSeconds: options.stopTimeout,
      securityContext: podSecurity(options),
    },
  };
  const claims = storage.claims.map(
    (claim): Yaml => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: claim },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    }),
  );
  return (
    comments.map((text) => `# ${text}\n`).join("") +
    [...claims, pod].map((part) => yamlText(part)).join("---\n")
  );
}

function limits({ networkMode, memorySwap, health, securityOpt, user, ipc, pid }: Options): string[] {
  const comments: string[] = [];
  if (networkMode && networkMode !== "host") comments.push(`not said here: --network ${networkMode}`);
  if (ipc && ipc !== "host") comments.push(`not said here: --ipc ${ipc}`);
  if (pid && pid !== "host") comments.push(`not said here: --pid ${pid}`);
  if (memorySwap) comments.push("swap is a setting of the node");
  if (health && health.Test?.[0] !== "NONE")
    comments.push("the health check became a liveness probe: the kubelet restarts what fails it");
  securityOptions(securityOpt ?? [], (text) => comments.push(`not said here: --security-opt ${text}`));
  identity(user, () => comments.push(`not said here: --user ${user} (a Pod knows numbers only)`));
  return comments;
}

/** Labels that are none to Kubernetes are kept as annotations. */
function annotationsOf(options: Options): Yaml | undefined {
  const all = { ...splitLabels(options.labels ?? {}).annotations, ...options.annotations };
  return Object.keys(all).length > 0 ? all : undefined;
}

function restartPolicy(restart: string | undefined): string {
  if (restart === undefined) return "Never";
  return restart.startsWith("on-failure") ? "OnFailure" : "Always";
}

function containerPart(wish: Wish, name: string, storage: Storage): Yaml {
  const { options } = wish;
  return {
    name,
    image: wish.image,
    command: wish.entrypoint && wish.entrypoint.length > 0 ? wish.entrypoint.map(literal) : undefined,
    args: wish.command?.map(literal),
    workingDir: options.workdir,
    env: envPart(options.env),
    ports: portsPart(options),
    resources: resourcesPart(options),
    volumeMounts: storage.mounts.length > 0 ? storage.mounts : undefined,
    livenessProbe: options.health && probePart(options.health),
    stdin: options.interactive,
    tty: options.tty,
    securityContext: containerSecurity(options),
  };
}

function envPart(env: readonly string[] | undefined): Yaml | undefined {
  return env
    ?.filter((entry) => entry.includes("="))
    .map((entry) => {
      const at = entry.indexOf("=");
      return { name: entry.slice(0, at), value: literal(entry.slice(at + 1)) };
    });
}

function portsPart({ ports = [], expose = [] }: Options): Yaml | undefined {
  const all = [
    ...ports.map(({ port, protocol, hostPort, ip }) => ({
      containerPort: Number(port),
      protocol: protocol.toUpperCase(),
      hostPort: Number(hostPort) > 0 ? Number(hostPort) : undefined,
      hostIP: ip !== "" && ip !== "0.0.0.0" && ip !== "::" ? ip : undefined,
    })),
    ...expose.map((text) => ({
      containerPort: Number.parseInt(text, 10),
      protocol: (text.split("/")[1] ?? "tcp").toUpperCase(),
    })),
  ];
  return all.length > 0 ? all : undefined;
}

function resourcesPart({ memory, memoryReservation, cpus }: Options): Yaml | undefined {
  if (memory === undefined && memoryReservation === undefined && cpus === undefined) return undefined;
  const cpu = cpus === undefined ? undefined : cpuQuantity(cpus);
  const limitsPart = { memory: memory === undefined ? undefined : String(memory), cpu };
  return {
    limits: memory === undefined && cpus === undefined ? undefined : limitsPart,
    requests: memoryReservation === undefined ? undefined : { memory: String(memoryReservation) },
  };
}

function probePart(health: HealthConfig): Yaml | undefined {
  const action = probeAction(health.Test ?? []);
  if (!action) return undefined;
  const initialDelaySeconds = health.StartPeriod
    ? Math.max(1, Math.round(health.StartPeriod / 1e9))
    : undefined;
  return { ...action, ...probeTimes(health), initialDelaySeconds };
}

function containerSecurity(options: Options): Yaml | undefined {
  return filled({
    privileged: options.privileged,
    readOnlyRootFilesystem: options.readOnly,
    ...identity(options.user, () => undefined),
    ...securityOptions(options.securityOpt ?? [], () => undefined),
    capabilities: filled({
      add: options.capAdd?.map(capabilityName),
      drop: options.capDrop?.map(capabilityName),
    }),
  });
}

function podSecurity({ sysctls, groupAdd = [] }: Options): Yaml | undefined {
  const groups = groupAdd.filter((group) => /^\d+$/.test(group)).map(Number);
  if (!sysctls && groups.length === 0) return undefined;
  return {
    sysctls: sysctls && Object.entries(sysctls).map(([name, value]) => ({ name, value })),
    supplementalGroups: groups.length > 0 ? groups : undefined,
  };
}

function hostAliases(hosts: readonly string[] | undefined): Yaml | undefined {
  return hosts?.map((text) => {
    const at = text.indexOf(":");
    return { ip: text.slice(at + 1), hostnames: [text.slice(0, at)] };
  });
}

function dnsPart({ dns, dnsSearch, dnsOptions }: Options) {
  if (!dns && !dnsSearch && !dnsOptions) return {};
  return {
    dnsPolicy: dns ? "None" : undefined,
    dnsConfig: {
      nameservers: dns,
      searches: dnsSearch,
      options: dnsOptions?.map((text) => {
        const [name = "", value] = text.split(":");
        return { name, value };
      }),
    },
  };
}
