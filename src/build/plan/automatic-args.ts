import { formatPlatform, type Platform } from "../../oci/platform.ts";

/** Arguments every Dockerfile may use in FROM, and in a stage that declares them. */
export function automaticArgs(build: Platform, target: Platform, stage: string): ReadonlyMap<string, string> {
  const of = (prefix: string, platform: Platform): [string, string][] => [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, platform["os.version"] ?? ""],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ""],
  ];
  return new Map([...of("BUILD", build), ...of("TARGET", target), ["TARGETSTAGE", stage || "default"]]);
}

const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

/** Given to every RUN without a declaration, and kept out of history and cache. */
export const isProxyArg = (name: string): boolean => proxies.includes(name.toUpperCase());
