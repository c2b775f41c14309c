import { join } from "node:path";

/** Compiles a program of tests/programs into a folder, static, to be bind-mounted into containers. */
export function compileProgram(name: string, folder: string): string {
  const out = join(folder, name);
  const source = join(import.meta.dir, "../programs", `${name}.c`);
  const result = Bun.spawnSync(["cc", "-O1", "-static", "-o", out, source], { stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`cc ${source}: ${result.stderr.toString()}`);
  return out;
}
