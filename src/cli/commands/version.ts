import { buildInfo } from "../../lib/build-info.ts";
import { command } from "../command.ts";
import { stringFlag } from "../flags/flag.ts";
import { formatTemplate } from "../format/template.ts";

const flags = {
  format: stringFlag(`Format output using a template: 'json' or '{{.Client.Version}}'`, { short: "f" }),
};

export const versionCommand = command({
  usage: "version [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values }, terminal) {
    const version = {
      Client: {
        Version: buildInfo.version,
        Bun: Bun.version,
        GitCommit: buildInfo.commit,
        BuildTime: buildInfo.time,
        Os: process.platform,
        Arch: process.arch === "x64" ? "amd64" : process.arch,
      },
    };
    if (values.format === "json" || values.format === "{{json .}}") {
      terminal.out(`${JSON.stringify(version)}\n`);
    } else if (values.format !== "") {
      terminal.out(`${formatTemplate(values.format, version)}\n`);
    } else {
      const { Client: client } = version;
      terminal.out(
        `Client:\n Version:    ${client.Version}\n Bun:        ${client.Bun}\n Git commit: ${client.GitCommit || "-"}\n` +
          ` Built:      ${client.BuildTime || "-"}\n OS/Arch:    ${client.Os}/${client.Arch}\n`,
      );
    }
    return 0;
  },
});
