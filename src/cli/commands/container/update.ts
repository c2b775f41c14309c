import { EngineAnswer, invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import type { RestartPolicy } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { parseRestart } from "../../flags/container/lifecycle.ts";
import { bytesFlag, cpusFlag, swapFlag, unsignedFlag } from "../../flags/container/number-flags.ts";
import { integerFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "blkio-weight": unsignedFlag(
    "Block IO (relative weight), between 10 and 1000, or 0 to disable",
    "uint16",
    16,
  ),
  "cpu-period": integerFlag("Limit CPU CFS (Completely Fair Scheduler) period"),
  "cpu-quota": integerFlag("Limit CPU CFS (Completely Fair Scheduler) quota"),
  "cpu-rt-period": integerFlag("Limit the CPU real-time period in microseconds"),
  "cpu-rt-runtime": integerFlag("Limit the CPU real-time runtime in microseconds"),
  "cpu-shares": integerFlag("CPU shares (relative weight)", { short: "c" }),
  cpus: cpusFlag("Number of CPUs"),
  "cpuset-cpus": stringFlag("CPUs in which to allow execution (0-3, 0,1)"),
  "cpuset-mems": stringFlag("MEMs in which to allow execution (0-3, 0,1)"),
  // Of no effect since engines have no such limit any more; Docker's program takes it too.
  "kernel-memory": bytesFlag("Kernel memory limit (deprecated)", { hidden: true }),
  memory: bytesFlag("Memory limit", { short: "m" }),
  "memory-reservation": bytesFlag("Memory soft limit"),
  "memory-swap": swapFlag("Swap limit equal to memory plus swap: -1 to enable unlimited swap"),
  "pids-limit": integerFlag("Tune container pids limit (set -1 for unlimited)"),
  restart: stringFlag("Restart policy to apply when a container exits"),
};

export const updateCommand = command({
  usage: "update [OPTIONS] CONTAINER [CONTAINER...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values, given, positional }, terminal, session) {
    if (given.size === 0) throw invalidArgument("you must provide one or more flags when using this command");
    if (given.has("kernel-memory")) {
      throw invalidArgument("--kernel-memory: the kernel no longer has a limit of its own; use --memory");
    }
    const body = {
      BlkioWeight: values["blkio-weight"],
      CpusetCpus: values["cpuset-cpus"],
      CpusetMems: values["cpuset-mems"],
      CpuShares: values["cpu-shares"],
      Memory: values.memory,
      MemoryReservation: values["memory-reservation"],
      MemorySwap: values["memory-swap"],
      CpuPeriod: values["cpu-period"],
      CpuQuota: values["cpu-quota"],
      CpuRealtimePeriod: values["cpu-rt-period"],
      CpuRealtimeRuntime: values["cpu-rt-runtime"],
      NanoCpus: values.cpus,
      ...(values["pids-limit"] !== 0 && { PidsLimit: values["pids-limit"] }),
      // Which policies there are is the engine's word.
      RestartPolicy: parseRestart(values.restart) as RestartPolicy,
    };
    const engine = await session.engine();
    const warnings: string[] = [];
    const failures: string[] = [];
    for (const id of positional) {
      try {
        const answer = await engine.call("ContainerUpdate", { params: { id }, body });
        terminal.out(`${id}\n`);
        warnings.push(...(answer.Warnings ?? []));
      } catch (error) {
        if (!(error instanceof EngineAnswer)) throw error;
        failures.push(`Error response from daemon: ${messageOf(error)}`);
      }
    }
    for (const line of [...warnings, ...failures]) terminal.err(`${line}\n`);
    return failures.length === 0 ? exitCode.ok : exitCode.failed;
  },
});
