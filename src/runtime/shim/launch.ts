import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { spawnOutliving } from "../../sys/spawn.ts";
import type { LogTarget } from "../runtime.ts";

export interface ShimConfig {
  /** The one call of the runtime, its paths relative to the state directory. */
  readonly runtimeCommand: readonly string[];
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly stdinOnce: boolean;
  readonly expectAttached: number;
  readonly consoleSize: readonly [height: number, width: number];
  readonly log: LogTarget | undefined;
  readonly oomPath?: string | undefined;
  readonly killCgroup?: string | undefined;
  readonly hideMount?: string | undefined;
}

/** The shim's config file: lines of `key value`, read by `native/config.c`. */
export function shimConfigText(config: ShimConfig): string {
  const flag = (value: boolean) => (value ? "1" : "0");
  const lines: [string, string | number][] = [
    ...config.runtimeCommand.map((word): [string, string] => ["arg", word]),
    ["tty", flag(config.tty)],
    ["open_stdin", flag(config.openStdin)],
    ["stdin_once", flag(config.stdinOnce)],
    ["expect_attached", config.expectAttached],
    ["console_height", config.consoleSize[0]],
    ["console_width", config.consoleSize[1]],
    ["log_driver", config.log?.driver ?? "none"],
  ];
  if (config.log && config.log.driver !== "none") {
    lines.push(
      ["log_path", config.log.path],
      ["log_attrs", config.log.attrs],
      ["log_max_bytes", Math.max(0, config.log.maxBytes)],
      ["log_max_files", config.log.maxFiles],
      ["log_compress", flag(config.log.compress)],
    );
  }
  if (config.oomPath) lines.push(["oom_path", config.oomPath]);
  if (config.killCgroup) lines.push(["kill_cgroup", config.killCgroup]);
  if (config.hideMount) lines.push(["hide_mount", config.hideMount]);
  return lines
    .map(([key, value]) => {
      const text = String(value);
      if (/[\n\0]/.test(text))
        throw invalidArgument(`line breaks are not possible here: ${JSON.stringify(text)}`);
      return `${key} ${text}\n`;
    })
    .join("");
}

/** Starts a shim on a state directory; resolves once it can be connected to. */
// trail: exec -it
export async function launchShim(shimPath: string, directory: string, config: ShimConfig): Promise<void> {
  writeFileSync(join(directory, "config"), shimConfigText(config), { mode: 0o600 });
  const path = process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  await spawnOutliving([shimPath, directory], { PATH: path });
}
