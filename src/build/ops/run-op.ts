import { posix } from "node:path";
import { isKind, notFound } from "../../errors/engine-error.ts";
import { span } from "../../lib/trace.ts";
import { CommandFailed } from "../command-failed.ts";
import { contentDigest } from "../contexts/content-digest.ts";
import type { BuildProcess } from "../executor.ts";
import type { PlannedMount, RunOperation } from "../plan/operation.ts";
import type { Op, OpInput, StepScope } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { OpMaker, OpParts } from "./op-parts.ts";
import { prepareMounts } from "./run-mounts.ts";

/** RUN: a command in a container on a writable copy of what was there before. */
export const runOp: OpMaker<"run"> = (operation, parts) => new RunOp(operation, parts);

// trail: build RUN
class RunOp implements Op {
  readonly title: string;
  readonly inputs: readonly OpInput[];
  readonly fresh: boolean;
  readonly #operation: RunOperation;
  readonly #parts: OpParts;

  constructor(operation: RunOperation, parts: OpParts) {
    this.title = operation.title;
    this.fresh = operation.fresh ?? false;
    this.#operation = operation;
    this.#parts = parts;
    const mounted = operation.mounts.flatMap((mount) => inputOf(mount, parts) ?? []);
    this.inputs = [{ op: parts.opOf(operation.base), role: "parent" }, ...mounted];
  }

  async facts() {
    return runFacts(this.#operation);
  }

  async run(inputs: readonly Tree[], scope: StepScope): Promise<Tree> {
    const operation = this.#operation;
    const [base = { kind: "empty" }, ...sources] = inputs;
    await using tree = await span("run.prepare", () => this.#parts.trees.prepare(base));
    const process = {
      rootfs: tree.path,
      command: operation.command,
      workingDirectory: operation.workingDirectory,
      user: operation.user,
      network: operation.network,
      insecure: operation.insecure,
      hosts: operation.hosts,
      limits: operation.limits,
    };
    {
      await using mounts = await span("run.mounts", () =>
        prepareMounts(operation, sources, this.#parts, scope),
      );
      const env = [...withDefaults(operation.env, operation.silentEnv), ...mounts.env];
      const whole: BuildProcess = {
        ...process,
        env,
        mounts: mounts.mounts,
        onOutput: (stream, bytes) => scope.onOutput(stream, bytes),
      };
      const code = await this.#parts.executor.run(whole, scope.signal);
      if (code !== 0) {
        await this.#letLookAround({ ...whole, env: withDefaults(operation.env, []), mounts: mounts.open });
        throw new CommandFailed(operation.command, code);
      }
    }
    return await span("run.commit", () =>
      tree.commit({
        mountPoints: mountPoints(operation.mounts),
        ...(operation.epoch !== undefined && { newest: operation.epoch }),
      }),
    );
  }

  /** `--on-error=shell`: the same files, without secrets. */
  async #letLookAround(process: BuildProcess): Promise<void> {
    const { request, executor } = this.#parts;
    if (!request.onFailure) return;
    const [shell = "/bin/sh"] = this.#operation.command;
    await request.onFailure({
      id: this.#parts.stepIdOf(this.#operation),
      shell: (terminal, onOutput, signal) =>
        executor.run(
          {
            ...process,
            command: [shell.endsWith("sh") ? shell : "/bin/sh"],
            terminal,
            onOutput: (_, bytes) => onOutput(bytes),
          },
          signal,
        ),
    });
  }
}

/** What makes the command another one; values of secrets and proxies, and limits, do not. */
export function runFacts(operation: RunOperation): Readonly<Record<string, string>> {
  const { command, env, workingDirectory, user, network, insecure, hosts, epoch } = operation;
  const facts: Record<string, string> = {
    kind: "run",
    command: command.join(" "),
    "command words": JSON.stringify(command),
    "working directory": workingDirectory,
    user,
    network: typeof network === "string" ? network : network.name,
  };
  for (const variable of env) {
    const equals = variable.indexOf("=");
    facts[`variable ${variable.slice(0, equals)}`] = variable.slice(equals + 1);
  }
  for (const { name, address } of hosts) facts[`host ${name}`] = address;
  if (insecure) facts.security = "insecure";
  if (epoch !== undefined) facts.SOURCE_DATE_EPOCH = String(epoch);
  operation.mounts.forEach(({ from: _, ...mount }, at) => {
    facts[`mount ${at + 1} ${mount.target ?? mount.id ?? mount.type}`] = JSON.stringify(mount);
  });
  return facts;
}

/** Of a bind only the files it shows count; a cache mount's beginnings count as a whole. */
function inputOf(mount: PlannedMount, parts: OpParts): OpInput | undefined {
  if (!mount.from) return undefined;
  const op = parts.opOf(mount.from);
  const role = `mount ${mount.target ?? ""}`;
  if (mount.type !== "bind") return { op, role };
  const source = mount.source ?? "/";
  const selection = { paths: [source], excludes: [], owners: "count" } as const;
  return {
    op,
    role,
    content: async (tree, scope) => {
      try {
        return await contentDigest(tree, selection, parts.trees, scope);
      } catch (error) {
        if (isKind(error, "not_found")) throw notFound(`${JSON.stringify(source)}: not found`, error);
        throw error;
      }
    },
  };
}

/** The image's own variables win over addresses of proxies. */
function withDefaults(env: readonly string[], silent: readonly string[]): string[] {
  const names = new Set(env.map((variable) => variable.split("=", 1)[0]));
  return [...env, ...silent.filter((variable) => !names.has(variable.split("=", 1)[0]))];
}

/** What the runtime has to mount on, the engine's own files included; every directory on the way to it. */
function mountPoints(mounts: readonly PlannedMount[]): Set<string> {
  const own = ["/proc", "/dev", "/sys", "/etc/hosts", "/etc/resolv.conf"];
  const agents = mounts.map((_, at) => `/run/buildkit/ssh_agent.${at}`);
  const asked = mounts.flatMap(({ type, target, id }) =>
    target !== undefined ? [target] : type === "secret" ? [`/run/secrets/${id ?? ""}`] : agents,
  );
  const points = new Set<string>();
  for (const path of [...own, ...asked])
    for (let at = path; at !== "/" && at !== "."; at = posix.dirname(at)) points.add(at);
  return points;
}
