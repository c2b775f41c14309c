/**
 * Failpoints: `HULL_FAIL="snapshot.commit=1*EIO,start.network=2*exit"` makes the named
 * place fail (an errno name is thrown, `exit` kills the engine on the spot, `sleep:MS` waits)
 * the given number of times; without `N*` it fails every time. For tests of crash safety.
 */
interface Failure {
  left: number;
  readonly action: string;
}

const failures = new Map<string, Failure>();
for (const item of (process.env.HULL_FAIL ?? "").split(",").filter((part) => part !== "")) {
  const [name = "", what = ""] = item.split("=");
  const counted = /^(\d+)\*(.+)$/.exec(what);
  failures.set(
    name,
    counted
      ? { left: Number(counted[1]), action: counted[2] ?? "" }
      : { left: Number.POSITIVE_INFINITY, action: what },
  );
}

export async function failpoint(name: string): Promise<void> {
  if (failures.size === 0) return;
  const failure = failures.get(name);
  if (!failure || failure.left <= 0) return;
  failure.left--;
  if (failure.action === "exit") process.kill(process.pid, "SIGKILL");
  const sleep = /^sleep:(\d+)$/.exec(failure.action);
  if (sleep) return Bun.sleep(Number(sleep[1]));
  throw Object.assign(new Error(`failpoint ${name}: ${failure.action}`), { code: failure.action });
}
