import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { LogTarget } from "../../runtime/runtime.ts";
import { logLimits } from "./log-limits.ts";

/** Where and how the shim keeps the output of this container. */
export async function logTarget(path: string, record: ContainerRecord): Promise<LogTarget> {
  const { Type: driver, Config: options } = record.hostConfig.LogConfig;
  if (driver === "none") return { driver, path: "", maxBytes: 0, maxFiles: 0, compress: false, attrs: "" };
  if (driver !== "json-file" && driver !== "local") {
    throw invalidArgument(`logger: no log driver named '${driver}' is registered`);
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return {
    driver,
    path,
    ...logLimits(record.hostConfig.LogConfig),
    attrs: driver === "json-file" ? attributes(record, options) : "",
  };
}

/** The `attrs` member of every line: labels and variables the log options name, and the tag. */
function attributes(record: ContainerRecord, options: Readonly<Record<string, string>>): string {
  const attrs: Record<string, string> = {};
  const list = (name: string) => (options[name] ?? "").split(",").filter((word) => word !== "");
  const labels = record.config.Labels;
  for (const name of list("labels")) {
    if (labels[name] !== undefined) attrs[name] = labels[name];
  }
  collect(attrs, Object.entries(labels), options["labels-regex"]);
  const env = record.config.Env.map((entry) => {
    const at = entry.indexOf("=");
    return at < 0 ? ([entry, ""] as const) : ([entry.slice(0, at), entry.slice(at + 1)] as const);
  });
  for (const [name, value] of env) {
    if (list("env").includes(name)) attrs[name] = value;
  }
  collect(attrs, env, options["env-regex"]);
  if (options.tag) attrs.tag = expandTag(options.tag, record);
  return Object.keys(attrs).length === 0 ? "" : `"attrs":${JSON.stringify(attrs)}`;
}

function collect(
  attrs: Record<string, string>,
  entries: readonly (readonly [string, string])[],
  pattern: string | undefined,
): void {
  if (!pattern) return;
  const expression = new RegExp(pattern);
  for (const [name, value] of entries) {
    if (expression.test(name)) attrs[name] = value;
  }
}

/** `{{.Name}}`, `{{.ID}}` and their siblings, as the `tag` log option has them. */
function expandTag(template: string, record: ContainerRecord): string {
  const values: Record<string, string> = {
    ID: record.id.slice(0, 12),
    FullID: record.id,
    Name: record.name,
    ImageID: record.image.replace("sha256:", "").slice(0, 12),
    ImageFullID: record.image,
    ImageName: record.config.Image,
    DaemonName: "docker",
  };
  return template.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw invalidArgument(`invalid log tag template: ${JSON.stringify(whole)}`);
    return value;
  });
}
