import { messageOf } from "../../errors/engine-error.ts";
import { buildInfo } from "../../lib/build-info.ts";
import { maxVersion } from "../../protocol/versions.ts";
import { command } from "../command.ts";
import { currentContext } from "../config/current-context.ts";
import { exitCode } from "../exit-code.ts";
import { inspectFormatFlag } from "../flags/format-flag.ts";
import { template } from "../format/template.ts";
import { type ClientVersion, formatVersion, type Versions } from "../format/version.ts";
import type { Session } from "../session.ts";

const flags = { format: inspectFormatFlag() };

/** What can be said of the client is said even when no engine answers; that is exit code 1, as Docker's. */
export const versionCommand = command({
  usage: "version [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { format } }, terminal, session) {
    const { versions, failure } = await askVersions(session);
    if (failure === undefined) {
      terminal.out(await printed(format, versions));
      return exitCode.ok;
    }
    try {
      terminal.out(await printed(format, versions));
    } catch {
      // A template that asks about the engine: that none answers is the reason to give.
    }
    terminal.err(`${messageOf(failure)}\n`);
    return exitCode.failed;
  },
});

async function printed(format: string, versions: Versions): Promise<string> {
  if (format === "") return formatVersion(versions);
  const { typed } = await import("../format/go-types/typed.ts");
  const layout = template(format === "json" ? "{{json .}}" : format, { name: "version", executeError: "" });
  try {
    return `${layout.format(typed("system.versionInfo", versions))}\n`;
  } catch (error) {
    // By the names of the JSON, which docker's program does not know: `.Client.ApiVersion`.
    try {
      return `${layout.format(versions)}\n`;
    } catch {
      throw error;
    }
  }
}

async function askVersions(session: Session): Promise<{ versions: Versions; failure?: unknown }> {
  try {
    const engine = await session.engine();
    const server = await engine.call("SystemVersion");
    return { versions: { Client: await clientVersion(await engine.version(), session), Server: server } };
  } catch (failure) {
    return { versions: { Client: await clientVersion(maxVersion, session), Server: null }, failure };
  }
}

async function clientVersion(apiVersion: string, session: Session): Promise<ClientVersion> {
  return {
    Version: buildInfo.version,
    ApiVersion: apiVersion,
    DefaultAPIVersion: maxVersion,
    GitCommit: buildInfo.commit,
    GoVersion: `bun${Bun.version}`,
    Os: process.platform,
    Arch: process.arch === "x64" ? "amd64" : process.arch,
    BuildTime: buildInfo.time,
    Context: await currentContext(session),
  };
}
