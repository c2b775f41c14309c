import { findDocker } from "../tests/setup/docker-cli.ts";
import type { Contender } from "./contender.ts";
import { type Measure, timed } from "./measures.ts";

/** The two programs against one engine: what is compared is the time of the client alone. */
export function cliContenders(engine: Contender, executable: string): readonly Contender[] {
  const asProgram = (name: string, program: string): Contender => ({
    name,
    directory: engine.directory,
    host: engine.host,
    configDirectory: engine.configDirectory,
    pid: engine.pid,
    wrapper: engine.wrapper,
    start: () => engine.start(),
    stop: () => engine.stop(),
    async docker(...args) {
      const child = Bun.spawn([program, ...args], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.configDirectory },
      });
      const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      return { code, out, err };
    },
  });
  return [asProgram("hull", executable), asProgram("docker", findDocker() ?? "docker")];
}

const measure = (...args: string[]): Measure => ({
  name: `cli: ${args.join(" ")}`,
  unit: "ms",
  bar: 1,
  rounds: 20,
  async run(program) {
    const { code, err } = await program.docker("version");
    if (code !== 0) throw new Error(`${program.name} version: exit code ${code}: ${err}`);
    return timed(async () => {
      const result = await program.docker(...args);
      if (result.code !== 0) {
        throw new Error(`${program.name} ${args.join(" ")}: exit code ${result.code}: ${result.err}`);
      }
    });
  },
});

/** Each round is preceded by a call that is not measured: both programs are in memory then. */
export const cliMeasures: readonly Measure[] = [
  measure("version"),
  measure("ps"),
  measure("ps", "-a", "--no-trunc"),
  measure("images"),
  measure("run", "--rm", "busybox", "true"),
];
