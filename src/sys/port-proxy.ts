import { messageOf } from "../errors/engine-error.ts";
import { kernelError } from "./libc.ts";
import { allPids, commandLine, isRunning, killProcess } from "./processes.ts";
import { spawnOutliving } from "./spawn.ts";

/** One host port that a process copies to a container, for what the kernel cannot rewrite. */
export interface ProxiedPort {
  readonly protocol: "tcp" | "udp";
  readonly hostIp: string;
  readonly hostPort: number;
  readonly targetIp: string;
  readonly targetPort: number;
}

export interface RunningProxy extends ProxiedPort {
  readonly pid: number;
  /** Its port is free when this resolves. */
  stop(): Promise<void>;
}

/** The copying proxies of one engine. They outlive it, and are found again by their command lines. */
export interface PortProxies {
  /** Listening when this resolves. Throws the kernel's error (`errnoOf` EADDRINUSE). */
  start(port: ProxiedPort): Promise<RunningProxy>;
  running(): RunningProxy[];
}

/** `mark` (the engine's exec-root) tells whose they are. */
export function nativePortProxies(program: string, mark: string): PortProxies {
  return {
    async start(port) {
      const words = [port.hostIp, port.hostPort, port.targetIp, port.targetPort].map(String);
      try {
        const { pid } = await spawnOutliving([program, "port-proxy", mark, port.protocol, ...words], {});
        return running(pid, port);
      } catch (error) {
        if (!messageOf(error).includes("EADDRINUSE")) throw error;
        throw kernelError(`proxy ${port.protocol} port ${port.hostIp}:${port.hostPort}`, 98);
      }
    },
    running: () =>
      allPids().flatMap((pid) => {
        const [, mode, owner, protocol, hostIp = "", hostPort, targetIp = "", targetPort] = commandLine(pid);
        if (mode !== "port-proxy" || owner !== mark || !isRunning(pid)) return [];
        const port: ProxiedPort = {
          protocol: protocol === "udp" ? "udp" : "tcp",
          hostIp,
          hostPort: Number(hostPort),
          targetIp,
          targetPort: Number(targetPort),
        };
        return [running(pid, port)];
      }),
  };
}

function running(pid: number, port: ProxiedPort): RunningProxy {
  return {
    ...port,
    pid,
    stop: async () => {
      if (!isRunning(pid)) return;
      killProcess(pid, 9);
      while (isRunning(pid)) await Bun.sleep(1);
    },
  };
}
