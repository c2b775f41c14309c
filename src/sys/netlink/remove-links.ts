import { internal, unavailable } from "../../errors/engine-error.ts";

/**
 * Removes interfaces by a process of its own: every one waits 15 to 30 ms for the kernel's
 * grace periods, which would stand still here. Interfaces already gone are fine.
 */
export async function removeLinks(names: readonly string[]): Promise<void> {
  if (names.length > 0) await remove([], names);
}

/** Removes an interface in the network namespace kept at `path`. Already gone is fine. */
export async function removeLinkInside(path: string, name: string): Promise<void> {
  await remove(["nsenter", `--net=${path}`], [name]);
}

async function remove(prefix: readonly string[], names: readonly string[]): Promise<void> {
  const script = names.map((name) => `link delete dev ${name}\n`).join("");
  let child: Bun.Subprocess<"pipe", "ignore", "pipe">;
  try {
    child = Bun.spawn([...prefix, "ip", "-force", "-batch", "-"], {
      stdin: "pipe",
      stdout: "ignore",
      stderr: "pipe",
    });
  } catch (error) {
    throw unavailable('cannot run "ip": install the package iproute2', error);
  }
  child.stdin.write(script);
  await Promise.resolve(child.stdin.end()).catch(() => {});
  const [complaints] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  const real = complaints
    .split("\n")
    .filter((line) => line.trim() !== "" && !/Cannot find device|Command failed/.test(line));
  if (real.length > 0) throw internal(`cannot remove network interfaces: ${real.join("; ")}`);
}
