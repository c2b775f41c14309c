import { invalidArgument } from "../../errors/engine-error.ts";
import type { HostConfig } from "../../records/container-config.ts";

/** `--security-opt`, parsed. */
export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  /** Profile text; undefined for the default one. */
  readonly seccomp: { kind: "default" } | { kind: "unconfined" } | { kind: "profile"; text: string };
  /** Undefined: the default profile, if it is loaded. */
  readonly apparmor: string | undefined;
  readonly labels: readonly string[];
  readonly writableCgroups: boolean;
  /** `systempaths=unconfined`: nothing masked, nothing read-only. */
  readonly systemPathsUnconfined: boolean;
}

export function parseSecurityOptions(host: Pick<HostConfig, "SecurityOpt" | "Privileged">): SecurityOptions {
  let noNewPrivileges = false;
  let seccomp: SecurityOptions["seccomp"] = host.Privileged ? { kind: "unconfined" } : { kind: "default" };
  let apparmor: string | undefined;
  let writableCgroups = false;
  let systemPathsUnconfined = false;
  const labels: string[] = [];
  for (const option of host.SecurityOpt ?? []) {
    if (option === "no-new-privileges") {
      noNewPrivileges = true;
      continue;
    }
    if (option === "disable") {
      labels.push("disable");
      continue;
    }
    const [name, value] = split(option);
    switch (name) {
      case "no-new-privileges":
        noNewPrivileges = parseBoolean(name, value);
        break;
      case "writable-cgroups":
        writableCgroups = parseBoolean(name, value);
        break;
      case "label":
        labels.push(value);
        break;
      case "apparmor":
        apparmor = value;
        break;
      case "seccomp":
        if (value === "unconfined") seccomp = { kind: "unconfined" };
        else if (value === "builtin" || value === "") seccomp = { kind: "default" };
        else seccomp = { kind: "profile", text: value };
        break;
      case "systempaths":
        if (value !== "unconfined")
          throw invalidArgument(`invalid --security-opt 2: ${JSON.stringify(option)}`);
        systemPathsUnconfined = true;
        break;
      default:
        throw invalidArgument(`invalid --security-opt 2: ${JSON.stringify(option)}`);
    }
  }
  return { noNewPrivileges, seccomp, apparmor, labels, writableCgroups, systemPathsUnconfined };
}

/** `name=value`, or the old `name:value`. */
function split(option: string): [string, string] {
  const at = option.includes("=") ? option.indexOf("=") : option.indexOf(":");
  if (at < 0) throw invalidArgument(`invalid --security-opt 1: ${JSON.stringify(option)}`);
  return [option.slice(0, at), option.slice(at + 1)];
}

function parseBoolean(name: string, value: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(value)) return false;
  throw invalidArgument(`invalid --security-opt 2: ${JSON.stringify(`${name}=${value}`)}`);
}
