import { isKind, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import type { ContextMeta } from "../../config/context-store.ts";
import { contextStore, currentContext, defaultContextMeta } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { formatList, type ListLayout } from "../../format/table.ts";
import type { Session } from "../../session.ts";

const flags = {
  format: formatFlag(),
  quiet: booleanFlag("Only show context names", { short: "q" }),
};

const layout: ListLayout = {
  columns: "{{.Name}}{{if .Current}} *{{end}}\\t{{.Description}}\\t{{.DockerEndpoint}}\\t{{.Error}}",
  quiet: "{{.Name}}",
  headers: { Name: "NAME", Description: "DESCRIPTION", DockerEndpoint: "DOCKER ENDPOINT", Error: "ERROR" },
  typeName: "*formatter.clientContextContext",
};

const longestError = 45;

export const listContextsCommand = command({
  usage: "context ls [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { format, quiet } }, terminal, session) {
    const current = await currentContext(session);
    const all = [defaultContextMeta(session), ...contextStore(session).list()];
    const rows = all.map((meta) => rowOf(meta, meta.Name === current));
    if (!all.some(({ Name: name }) => name === current)) rows.push(missingRow(current, session));
    terminal.out(formatList(layout, sorted(rows), { format, quiet }));
    if (session.env.DOCKER_HOST && !quiet) terminal.err(overridden);
    return exitCode.ok;
  },
});

export const overridden =
  "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.\n";

interface Row {
  readonly Name: string;
  readonly [key: string]: unknown;
}

function rowOf({ Name, Metadata, Endpoints }: ContextMeta, current: boolean): Row {
  const description = Name === "default" ? "Current DOCKER_HOST based configuration" : Metadata.Description;
  const endpoint = Endpoints.docker?.Host ?? "";
  return { Current: current, Description: description ?? "", DockerEndpoint: endpoint, Error: "", Name };
}

/** The current context may be named by --context or the environment and not be there. */
function missingRow(name: string, session: Session): Row {
  let reason = "";
  try {
    contextStore(session).get(name);
  } catch (error) {
    if (!isKind(error, "not_found")) throw error;
    reason = messageOf(error);
  }
  const shown = reason.length > longestError ? `${reason.slice(0, longestError - 1)}…` : reason;
  return { Current: true, Description: "", DockerEndpoint: "", Error: shown, Name: name };
}

function sorted(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
}
