import { invalidArgument } from "../../errors/engine-error.ts";
import { parseBytes } from "../../lib/parse-bytes.ts";
import type { LogConfig } from "../../records/container-config.ts";

export interface LogLimits {
  /** Size at which a log file is rotated; 0 for never. */
  readonly maxBytes: number;
  /** Files in all, the one being written included. */
  readonly maxFiles: number;
  /** Rotated files are compressed. */
  readonly compress: boolean;
}

/** Docker's own limits of its `local` driver. For json-file Docker has none, and fills disks. */
const defaultBytes = 20 * 1024 * 1024;
const defaultFiles = 5;

/** Rotation as asked by `max-size`, `max-file` and `compress`. `max-size=-1` is no limit. */
export function logLimits(log: LogConfig): LogLimits {
  const { "max-size": size, "max-file": files, compress: squeeze } = log.Config;
  const unlimited = size === "-1";
  const maxBytes = unlimited ? 0 : parseMaxSize(size, log.Type === "local" ? 1024 : 1000);
  const maxFiles = parseMaxFile(files);
  const compress = parseCompress(squeeze) ?? (log.Type === "local" && maxFiles > 1 && !unlimited);
  if (compress && (maxFiles === 1 || unlimited)) {
    throw invalidArgument(
      log.Type === "local"
        ? "compression cannot be enabled when max file count is 1"
        : "compress cannot be true when max-file is less than 2 or max-size is not set",
    );
  }
  return { maxBytes, maxFiles, compress };
}

function parseMaxSize(text: string | undefined, step: 1000 | 1024): number {
  if (text === undefined) return defaultBytes;
  const bytes = parseBytes(text, step);
  if (bytes === undefined) throw invalidArgument(`invalid value for max-size: invalid size: '${text}'`);
  if (bytes <= 0) throw invalidArgument("max-size must be a positive number");
  return bytes;
}

function parseMaxFile(text: string | undefined): number {
  if (text === undefined) return defaultFiles;
  if (!/^[-+]?\d{1,9}$/.test(text)) {
    throw invalidArgument(
      `invalid value for max-file: ${text}: strconv.Atoi: parsing "${text}": invalid syntax`,
    );
  }
  if (Number(text) < 1) throw invalidArgument("max-file cannot be less than 1");
  return Number(text);
}

function parseCompress(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw invalidArgument(
    `invalid boolean value for compress: strconv.ParseBool: parsing "${text}": invalid syntax`,
  );
}
