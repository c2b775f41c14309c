/** The engine's own log: one line an event on stderr, `key=value` after the message. */
export const logLevels = ["debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

let threshold = logLevels.indexOf("info");

export function setLogLevel(level: LogLevel): void {
  threshold = logLevels.indexOf(level);
}

type Fields = Record<string, string | number | boolean | undefined>;

function write(level: LogLevel, message: string, fields: Fields): void {
  if (logLevels.indexOf(level) < threshold) return;
  let line = `${new Date().toISOString()} ${level.padEnd(5)} ${message}`;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const text = String(value);
    line += ` ${key}=${/[\s"=]/.test(text) || text === "" ? JSON.stringify(text) : text}`;
  }
  process.stderr.write(`${line}\n`);
}

export const log = {
  debug: (message: string, fields: Fields = {}) => write("debug", message, fields),
  info: (message: string, fields: Fields = {}) => write("info", message, fields),
  warn: (message: string, fields: Fields = {}) => write("warn", message, fields),
  error: (message: string, fields: Fields = {}) => write("error", message, fields),
};
