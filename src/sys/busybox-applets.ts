import { unavailable } from "../errors/engine-error.ts";

/** The commands a busybox binary can be, as it says itself. Throws if it does not run here. */
export function busyboxApplets(binary: string): string[] {
  const run = () => Bun.spawnSync([binary, "--list"], { stdout: "pipe", stderr: "pipe" });
  let result: ReturnType<typeof run>;
  try {
    result = run();
  } catch (error) {
    throw unavailable(`cannot run "${binary}": install a static busybox (package busybox-static)`, error);
  }
  const applets = result.stdout
    .toString()
    .split("\n")
    .filter((name) => /^[\w[.+-]+$/.test(name));
  if (result.exitCode !== 0 || applets.length === 0)
    throw unavailable(`"${binary} --list" failed: is it a busybox?`);
  return applets.sort();
}
