// The one check before a commit: format and lint, types, rooms, trails, unit tests.
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);

/** Trails and rooms have tests of their own, in tools/; the room check is run for its report. */
const checks: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "format and lint", command: [bin("biome"), "check", "--error-on-warnings", "."] },
  { name: "types", command: [bin("tsc"), "-p", "."] },
  { name: "rooms", command: [process.execPath, "tools/check-rooms.ts"] },
  { name: "trails and unit tests", command: [process.execPath, "test", "src", "tools"] },
];

interface Outcome {
  readonly seconds: string;
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

async function run(command: readonly string[]): Promise<Outcome> {
  const began = performance.now();
  const child = Bun.spawn([...command], { cwd: root, stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { seconds: ((performance.now() - began) / 1000).toFixed(1), out, err, code };
}

// Side by side: the unit tests run on one core, and need longest.
const runs = checks.map(({ name, command }) => ({ name, outcome: run(command) }));

let failed = 0;
for (const { name, outcome } of runs) {
  const { seconds, out, err, code } = await outcome;
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (code !== 0) {
    failed++;
    console.log(
      `${out}${err}`
        .split("\n")
        .filter((line) => !line.startsWith("(pass)") && !/^(?:src|tools)\/\S+\.test\.ts:$/.test(line))
        .join("\n")
        .replace(/\n{3,}/g, "\n\n"),
    );
  } else if (name === "rooms") console.log(out.replace(/^/gm, "       ").trimEnd());
}
process.exit(failed === 0 ? 0 : 1);
