import { command, type Terminal } from "../cli/command.ts";
import { exitCode } from "../cli/exit-code.ts";
import type { ParsedFlags } from "../cli/flags/parse.ts";
import { messageOf } from "../errors/engine-error.ts";
import { buildInfo } from "../lib/build-info.ts";
import { type CommandLine, commandLineOf, type EngineOptions, engineOptions } from "./engine-options.ts";
import { engineFlags } from "./engine-settings.ts";
import { readConfigFile } from "./read-config-file.ts";

/** `hull engine`: stays in the foreground until SIGTERM or SIGINT. */
export const engineCommand = command({
  usage: "engine [OPTIONS]",
  flags: engineFlags,
  arguments: [0, 0],
  async run(parsed, terminal) {
    if (parsed.values.version) {
      terminal.out(`Hull version ${buildInfo.version}, build ${buildInfo.commit || "source"}\n`);
      return exitCode.ok;
    }
    const chosen = choose(parsed, terminal);
    if (!chosen) return exitCode.failed;
    const { runEngine } = await import("./engine.ts");
    return runEngine(chosen.options, chosen.line);
  },
});

/** `hull engine check`: the same options say which data root is looked at. */
export const checkCommand = command({
  usage: "engine check [OPTIONS]",
  flags: engineFlags,
  arguments: [0, 0],
  async run(parsed, terminal) {
    const chosen = choose(parsed, terminal);
    if (!chosen) return exitCode.failed;
    const { checkEngine } = await import("./check-engine.ts");
    const findings = await checkEngine(chosen.options);
    for (const finding of findings) terminal.out(`${finding}\n`);
    return findings.length === 0 ? exitCode.ok : exitCode.failed;
  },
});

function choose(
  parsed: ParsedFlags<typeof engineFlags>,
  terminal: Terminal,
): { options: EngineOptions; line: CommandLine } | undefined {
  try {
    const line = commandLineOf(parsed);
    return { line, options: engineOptions(line, readConfigFile) };
  } catch (error) {
    terminal.err(`${messageOf(error)}\n`);
    return undefined;
  }
}
