import { notImplemented } from "../../../errors/engine-error.ts";
import { parseBytes } from "../../../lib/parse-bytes.ts";
import type { LogConfig } from "../../../records/container-config.ts";
import { logLimits } from "../log-limits.ts";
import { type Draft, refuse } from "./draft.ts";

const ours = ["json-file", "local", "none"];
/** Drivers Docker has and we do not: they deserve another answer than a typing error. */
const dockers = ["awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "journald", "splunk", "syslog"];
const commonOptions = ["mode", "max-buffer-size"];
const fileOptions = ["max-size", "max-file", "compress"];
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  "json-file": [...fileOptions, "labels", "labels-regex", "env", "env-regex", "tag"],
  local: fileOptions,
};

/** Fills in the engine's log driver and, for the same driver, its options; then checks them. */
export function checkLog({ hostConfig, host, warnings }: Draft): void {
  const asked = hostConfig.LogConfig;
  const type = asked.Type || host.defaultLog.Type;
  const defaults = type === host.defaultLog.Type ? host.defaultLog.Config : {};
  const log: LogConfig = { Type: type, Config: { ...defaults, ...asked.Config } };
  checkLogConfig(log, warnings);
  hostConfig.LogConfig = log;
}

export function checkLogConfig(log: LogConfig, warnings: string[]): void {
  if (dockers.includes(log.Type)) {
    throw notImplemented(`log driver '${log.Type}' is not supported, use one of ${ours.join(", ")}`);
  }
  if (!ours.includes(log.Type)) {
    throw refuse(`error looking up logging plugin ${log.Type}: plugin "${log.Type}" not found`);
  }
  if (log.Type === "none") {
    for (const name of Object.keys(log.Config)) {
      warnings.push(`Log option '${name}' has no effect with log driver none.`);
    }
    return;
  }
  checkMode(log.Config, warnings);
  for (const name of Object.keys(log.Config)) {
    if (commonOptions.includes(name) || optionsOf[log.Type]?.includes(name)) continue;
    const where = log.Type === "json-file" ? "json-file log driver" : `log driver ${log.Type}`;
    throw refuse(`unknown log opt '${name}' for ${where}`);
  }
  logLimits(log);
  for (const name of ["labels-regex", "env-regex"]) checkExpression(name, log.Config[name]);
}

function checkMode(options: LogConfig["Config"], warnings: string[]): void {
  const { mode, "max-buffer-size": buffer } = options;
  if (mode !== undefined && mode !== "" && mode !== "blocking" && mode !== "non-blocking") {
    throw refuse(`logger: logging mode not supported: ${mode}`);
  }
  if (buffer !== undefined) {
    if (mode !== "non-blocking") {
      throw refuse("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    }
    if (parseBytes(buffer, 1024) === undefined) {
      throw refuse(`error parsing option max-buffer-size: invalid size: '${buffer}'`);
    }
  }
  if (mode === "non-blocking") {
    warnings.push(
      "Log mode 'non-blocking' is not supported: no output is dropped, a slow disk slows the container.",
    );
  }
}

function checkExpression(name: string, expression: string | undefined): void {
  try {
    if (expression !== undefined) new RegExp(expression);
  } catch {
    throw refuse(`invalid value for log opt '${name}': ${expression} is not a regular expression`);
  }
}
