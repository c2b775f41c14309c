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
    ["Built", client.BuildTime],
    ["OS/Arch", `${client.Os}/${client.Arch}`],
  ]);
  if (!server) return own;
  const engine = block(" Engine:", 2, [
    ["Version", server.Version],
    ["API version", `${server.ApiVersion} (minimum version ${server.MinAPIVersion})`],
    runtimeRow(server.GoVersion),
    ["Git commit", server.GitCommit],
    ["Built", server.BuildTime],
    ["OS/Arch", `${server.Os}/${server.Arch}`],
    ["Experimental", String(server.Experimental ?? false)],
  ]);
  const others = (server.Components ?? [])
    .filter(({ Name: name }) => name !== "Engine")
    .map(({ Name: name, Version: version, Details: details }) =>
      block(` ${name}:`, 2, [
        ["Version", version],
        ["GitCommit", textOf(details ?? {}, "GitCommit")],
      ]),
    );
  return [own, `\nServer: ${server.Platform?.Name ?? ""}`.trimEnd(), "\n", engine, ...others].join("");
}

function block(title: string, indent: number, rows: readonly Row[]): string {
  const lines = rows
    .filter(([, value]) => Boolean(value))
    .map(([label, value]) => `${" ".repeat(indent)}${`${label}:`.padEnd(20 - indent)}${value}\n`);
  return `${title}\n${lines.join("")}`;
}

/** Docker is written in Go, Hull runs on Bun; the API has one field for both. */
function runtimeRow(version: string | null | undefined): Row {
  return version?.startsWith("bun") ? ["Bun version", version.slice("bun".length)] : ["Go version", version];
}

function textOf(details: object, name: string): string {
  return String(Object.entries(details).find(([key]) => key === name)?.[1] ?? "");
}
