import { unavailable } from "../errors/engine-error.ts";

/**
 * Descriptors systemd hands over (sd_listen_fds): LISTEN_FDS of them from 3 on, meant for
 * the process LISTEN_PID, with names in LISTEN_FDNAMES.
 */
export function passedSockets(which: string, env: NodeJS.ProcessEnv, pid: number): number[] {
  const count = env.LISTEN_PID === String(pid) ? Number(env.LISTEN_FDS ?? 0) : 0;
  const all = Array.from({ length: Number.isInteger(count) ? count : 0 }, (_, index) => index + 3);
  const names = (env.LISTEN_FDNAMES ?? "").split(":");
  const chosen = which === "*" ? all : all.filter((fd) => String(fd) === which || names[fd - 3] === which);
  if (chosen.length === 0) {
    throw unavailable(
      `no sockets found via socket activation for fd://${which === "*" ? "" : which}: make sure the service was started by systemd`,
    );
  }
  return chosen;
}
