import { resolve } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { parseSize } from "../../../lib/parse-size.ts";
import { type Flag, parseBoolean } from "../flag.ts";
import { csvFields, cut } from "./csv-fields.ts";

/** One `--mount`, as the API takes it. */
export interface Mount {
  Type: string;
  Source?: string;
  Target?: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: {
    Propagation?: string;
    NonRecursive?: boolean;
    ReadOnlyNonRecursive?: boolean;
    ReadOnlyForceRecursive?: boolean;
  };
  VolumeOptions?: {
    NoCopy?: boolean;
    Labels?: Record<string, string>;
    Subpath?: string;
    DriverConfig: { Name?: string; Options?: Record<string, string> };
  };
  ImageOptions?: { Subpath?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

export function mountFlag(help: string): Flag<readonly Mount[]> {
  return {
    placeholder: "mount",
    help,
    initial: [],
    add: (current, text) => [...current, parseMount(text)],
  };
}

/** `type=bind,source=/a,target=/b,readonly`: fields of one CSV line. */
export function parseMount(text: string): Mount {
  const mount: Mount = { Type: "volume" };
  for (const field of csvFields(text)) {
    const [written, value] = cut(field, "=");
    const key = written.toLowerCase();
    if (value === undefined) setSwitch(mount, key, field);
    else setField(mount, key, value, field);
  }
  check(mount);
  return mount;
}

function setSwitch(mount: Mount, key: string, field: string): void {
  if (key === "readonly" || key === "ro") mount.ReadOnly = true;
  else if (key === "volume-nocopy") volume(mount).NoCopy = true;
  else if (key === "bind-nonrecursive") bind(mount).NonRecursive = true;
  else throw invalidArgument(`invalid field '${field}' must be a key=value pair`);
}

function setField(mount: Mount, key: string, value: string, field: string): void {
  switch (key) {
    case "type":
      mount.Type = value.toLowerCase();
      return;
    case "source":
    case "src":
      mount.Source = value === "." || value.startsWith("./") ? resolve(value) : value;
      return;
    case "target":
    case "dst":
    case "destination":
      mount.Target = value;
      return;
    case "readonly":
    case "ro":
      setTrue(mount, "ReadOnly", key, value);
      return;
    case "consistency":
      mount.Consistency = value.toLowerCase();
      return;
    default:
      if (key.startsWith("bind-")) setBind(mount, key, value, field);
      else if (key.startsWith("volume-")) setVolume(mount, key, value, field);
      else if (key.startsWith("tmpfs-")) setTmpfs(mount, key, value, field);
      else if (key === "image-subpath") {
        mount.ImageOptions = { Subpath: value };
      } else throw unexpected(key, field);
  }
}

function setBind(mount: Mount, key: string, value: string, field: string): void {
  if (key === "bind-propagation") bind(mount).Propagation = value.toLowerCase();
  else if (key === "bind-nonrecursive") setTrue(bind(mount), "NonRecursive", key, value);
  else if (key === "bind-recursive") {
    if (value === "disabled") bind(mount).NonRecursive = true;
    else if (value === "writable") bind(mount).ReadOnlyNonRecursive = true;
    else if (value === "readonly") bind(mount).ReadOnlyForceRecursive = true;
    else if (value !== "enabled") {
      throw invalidArgument(
        `invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
      );
    }
  } else throw unexpected(key, field);
}

function setVolume(mount: Mount, key: string, value: string, field: string): void {
  const [name, rest = ""] = cut(value, "=");
  switch (key) {
    case "volume-subpath":
      volume(mount).Subpath = value;
      return;
    case "volume-nocopy":
      setTrue(volume(mount), "NoCopy", key, value);
      return;
    case "volume-driver":
      volume(mount).DriverConfig.Name = value;
      return;
    case "volume-label": {
      const options = volume(mount);
      if (name !== "") options.Labels = { ...options.Labels, [name]: rest };
      return;
    }
    case "volume-opt": {
      const driver = volume(mount).DriverConfig;
      if (name !== "") driver.Options = { ...driver.Options, [name]: rest };
      return;
    }
    default:
      throw unexpected(key, field);
  }
}

function setTmpfs(mount: Mount, key: string, value: string, field: string): void {
  mount.TmpfsOptions ??= {};
  if (key === "tmpfs-size") {
    try {
      mount.TmpfsOptions.SizeBytes = parseSize(value);
    } catch (error) {
      throw invalidArgument(`invalid value for ${key}: ${value}`, error);
    }
  } else if (key === "tmpfs-mode") {
    if (!/^[0-7]{1,11}$/.test(value)) throw invalidArgument(`invalid value for ${key}: ${value}`);
    mount.TmpfsOptions.Mode = Number.parseInt(value, 8);
  } else throw unexpected(key, field);
}

/** False is the default and not sent. */
function setTrue<Key extends string>(
  where: { [K in Key]?: boolean },
  name: Key,
  key: string,
  value: string,
): void {
  try {
    if (parseBoolean(value)) where[name] = true;
    else delete where[name];
  } catch (error) {
    throw invalidArgument(`invalid value for ${key}: ${value}`, error);
  }
}

function bind(mount: Mount) {
  mount.BindOptions ??= {};
  return mount.BindOptions;
}

function volume(mount: Mount) {
  mount.VolumeOptions ??= { DriverConfig: {} };
  return mount.VolumeOptions;
}

const unexpected = (key: string, field: string) => invalidArgument(`unexpected key '${key}' in '${field}'`);

function check(mount: Mount): void {
  const { Type: type, BindOptions: options } = mount;
  if (type === "") throw invalidArgument("type is required");
  if (!mount.Target) throw invalidArgument("target is required");
  const mixed = (word: string) => invalidArgument(`cannot mix '${word}-*' options with mount type '${type}'`);
  if (mount.VolumeOptions && type !== "volume") throw mixed("volume");
  if (mount.ImageOptions && type !== "image") throw mixed("image");
  if (options && type !== "bind") throw mixed("bind");
  if (mount.TmpfsOptions && type !== "tmpfs") throw mixed("tmpfs");
  const needs = (value: string, other: string) =>
    invalidArgument(`option 'bind-recursive=${value}' requires '${other}' to be specified in conjunction`);
  if (options?.ReadOnlyNonRecursive && !mount.ReadOnly) throw needs("writable", "readonly");
  if (options?.ReadOnlyForceRecursive) {
    if (!mount.ReadOnly) throw needs("readonly", "readonly");
    if (options.Propagation !== "rprivate") throw needs("readonly", "bind-propagation=rprivate");
  }
}
