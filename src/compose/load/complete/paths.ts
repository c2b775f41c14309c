import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { isMap, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { pathRules, type Rewrite, rewriteTree } from "../path-rules.ts";

export interface PathOptions {
  /** What relative paths stand on; itself relative in a file that is included or extended. */
  readonly workingDirectory: string;
  /** What `~` is. */
  readonly home: string | undefined;
  warn(sentence: string): void;
}

/** Puts relative paths on the working directory, in place. */
export function resolvePaths(model: YamlMap, options: PathOptions): void {
  const onBase = (value: YamlValue) =>
    mapText(value, (path) => (path === "" ? path : absolute(path, options)));
  const file = (value: YamlValue) => mapText(value, (path) => absolute(path, options));
  rewriteTree(
    model,
    pathRules<Rewrite>({
      "services.*.build.context": (value) => mapText(value, (path) => context(path, options)),
      "services.*.build.additional_contexts.*": (value) => mapText(value, (path) => context(path, options)),
      "services.*.build.ssh.*": file,
      "services.*.env_file.*.path": onBase,
      "services.*.label_file.*": onBase,
      "services.*.extends.file": onBase,
      "services.*.develop.watch.*.path": (value) => mapText(onBase(value), throughLinks),
      "services.*.volumes.*": (value, spot) => {
        if (!isMap(value) || value.type !== "bind") return value;
        if (value.source === undefined) {
          throw spot.fail('invalid mount config for type "bind": field Source must not be empty');
        }
        value.source = file(value.source);
        return value;
      },
      "configs.*.file": file,
      "secrets.*.file": file,
      "volumes.*": (value) => {
        const device = bindDevice(value);
        if (device) device.device = file(device.device ?? null);
        return value;
      },
    }),
  );
}

function mapText(value: YamlValue, change: (text: string) => string): YamlValue {
  if (typeof value === "string") return change(value);
  return Array.isArray(value) ? value.map((item) => mapText(item, change)) : value;
}

function absolute(path: string, options: PathOptions): string {
  const expanded = withHome(path, options);
  if (isAbsolute(expanded) || isWindowsAbsolute(expanded)) return expanded;
  return trimmed(join(options.workingDirectory, expanded));
}

/** `C:\…` and `\\server\…`: the engine may be on another machine. */
function isWindowsAbsolute(path: string): boolean {
  return /^[a-z]:[\\/]/i.test(path) || /^\\\\[^\\]+\\[^\\]+/.test(path);
}

function withHome(path: string, { home, warn }: PathOptions): string {
  if (!path.startsWith("~")) return path;
  if (home) return trimmed(join(home, path.slice(1)));
  warn("cannot expand '~', because the environment lacks HOME");
  return path;
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** A directory; an address or another service's image stays what it is. */
function context(text: string, options: PathOptions): string {
  if (text.includes("://") || text.startsWith("service:") || /^(github\.com\/|git@)/.test(text)) return text;
  return text === "" ? text : absolute(text, options);
}

/** Options of a volume that is really a bind mount. */
function bindDevice(value: YamlValue): YamlMap | undefined {
  if (!isMap(value) || value.driver !== "local" || !isMap(value.driver_opts)) return undefined;
  const options = value.driver_opts;
  return options.o === "bind" && options.device !== undefined ? options : undefined;
}

/** The first link on a path is followed: what is watched must be where the changes are. */
function throughLinks(path: string): string {
  if (!isAbsolute(path)) return path;
  let current = "";
  for (const part of path.split("/").filter(Boolean)) {
    current += `/${part}`;
    if (isLink(current)) return path.replace(current, realpathSync(current));
  }
  return path;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
