import type { SystemVersion } from "../../protocol/generated/types.ts";

export interface ClientVersion {
  readonly Version: string;
  /** The one spoken with the engine. */
  readonly ApiVersion: string;
  readonly DefaultAPIVersion: string;
  readonly GitCommit: string;
  /** Named as Docker's templates name it; what it holds is the runtime of this program. */
  readonly GoVersion: string;
  readonly Os: string;
  readonly Arch: string;
  readonly BuildTime: string;
  readonly Context: string;
}

export interface Versions {
  readonly Client: ClientVersion;
  /** Null when no engine answers. */
  readonly Server: SystemVersion | null;
}

type Row = readonly [label: string, value: string | null | undefined];

/** `docker version` for people. Rows without a value are left out. */
export function formatVersion({ Client: client, Server: server }: Versions): string {
  const negotiated = client.ApiVersion === client.DefaultAPIVersion;
  const own = block("Client:", 1, [
    ["Version", client.Version],
    [
      "API version",
      negotiated ? client.ApiVersion : `${client.ApiVersion} (downgraded from ${client.DefaultAPIVersion})`,
    ],
    runtimeRow(client.GoVersion),
    ["Git commit", client.GitCommit],
    ["Built", dateText(client.BuildTime)],
    ["OS/Arch", `${client.Os}/${client.Arch}`],
    ["Context", client.Context],
  ]);
  if (!server) return own;
  const engine = block(" Engine:", 2, [
    ["Version", server.Version],
    ["API version", `${server.ApiVersion} (minimum version ${server.MinAPIVersion})`],
    runtimeRow(server.GoVersion),
    ["Git commit", server.GitCommit],
    ["Built", dateText(server.BuildTime)],
    ["OS/Arch", `${server.Os}/${server.Arch}`],
    ["Experimental", String(server.Experimental ?? false)],
  ]);
  const others = (server.Components ?? [])
    .filter(({ Name: name }) => name !== "Engine")
    .map(({ Name: name, Version: version, Details: details }) => {
      const lines = Object.entries(details ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => line(2, key, String(value)));
      return block(` ${name}:`, 2, [["Version", version]]) + lines.join("");
    });
  return [own, `\nServer: ${server.Platform?.Name ?? ""}`.trimEnd(), "\n", engine, ...others].join("");
}

function block(title: string, indent: number, rows: readonly Row[]): string {
  const lines = rows
    .filter(([, value]) => Boolean(value))
    .map(([label, value]) => line(indent, label, value ?? ""));
  return `${title}\n${lines.join("")}`;
}

function line(indent: number, label: string, value: string): string {
  return `${" ".repeat(indent)}${`${label}:`.padEnd(20 - indent)}${value}\n`;
}

/** `Sat Nov 21 16:30:35 2026`: the moment as it was written, without its zone. */
export function dateText(text: string | null | undefined): string | undefined {
  const match = /^(\d+)-(\d+)-(\d+)T(\d\d:\d\d:\d\d)/.exec(text ?? "");
  if (!match) return text ?? undefined;
  const [, year, month, day, time] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Without Intl, which takes longer to load than all the rest of this command.
  const [weekday = "", , monthName = ""] = date.toUTCString().split(/[, ]+/);
  return `${weekday} ${monthName} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}

/** Docker is written in Go, Hull runs on Bun; the API has one field for both. */
function runtimeRow(version: string | null | undefined): Row {
  return version?.startsWith("bun") ? ["Bun version", version.slice("bun".length)] : ["Go version", version];
}
