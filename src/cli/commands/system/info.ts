import { EngineAnswer, messageOf } from "../../../errors/engine-error.ts";
import { buildInfo } from "../../../lib/build-info.ts";
import { maxVersion } from "../../../protocol/versions.ts";
import { command } from "../../command.ts";
import { currentContext } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { type ClientInfo, formatInfo, type InfoAnswer } from "../../format/info.ts";
import { listPlugins } from "../../plugins/list-plugins.ts";
import { pluginJson } from "../../plugins/plugin.ts";
import type { Session } from "../../session.ts";

export const infoCommand = command({
  usage: "info [OPTIONS]",
  flags: { format: inspectFormatFlag() },
  arguments: [0, 0],
  async run({ values: { format } }, terminal, session) {
    const client = await clientInfo(session);
    if (format !== "") {
      const { formatInfoByTemplate } = await import("../../format/info-template.ts");
      return formatInfoByTemplate(format, client, () => askInfo(session), terminal);
    }
    let info: InfoAnswer | undefined;
    let failure: unknown;
    try {
      info = await askInfo(session);
    } catch (error) {
      failure = error;
    }
    const { out, warnings } = formatInfo(client, info);
    terminal.out(out);
    for (const line of warnings) terminal.err(`${line}\n`);
    if (info) return exitCode.ok;
    const prefix = failure instanceof EngineAnswer ? "ERROR: Error response from daemon: " : "";
    terminal.err(`${prefix}${messageOf(failure)}\n`);
    if (prefix !== "") terminal.err("errors pretty printing info\n");
    return exitCode.failed;
  },
});

async function askInfo(session: Session): Promise<InfoAnswer> {
  const engine = await session.engine();
  return await engine.call("SystemInfo");
}

async function clientInfo(session: Session): Promise<ClientInfo> {
  return {
    Debug: session.globals.debug || Boolean(session.env.DEBUG),
    Version: buildInfo.version,
    DefaultAPIVersion: maxVersion,
    GitCommit: buildInfo.commit,
    GoVersion: `bun${Bun.version}`,
    Os: process.platform,
    Arch: process.arch === "x64" ? "amd64" : process.arch,
    BuildTime: buildInfo.time,
    Context: await currentContext(session),
    Plugins: (await listPlugins(session)).map(pluginJson),
    Warnings: null,
  };
}
