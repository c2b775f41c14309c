import { invalidArgument } from "../errors/engine-error.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly "os.version"?: string;
}

const architectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm",
  ia32: "386",
  ppc64: "ppc64le",
  s390x: "s390x",
  riscv64: "riscv64",
};

/** The platform this machine runs natively. */
export function hostPlatform(): Platform {
  return { os: "linux", architecture: architectures[process.arch] ?? process.arch };
}

export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
}

const otherNames: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  "x86-64": "amd64",
  aarch64: "arm64",
  i386: "386",
  armhf: "arm",
  armel: "arm",
};

const operatingSystems = new Set(["linux", "windows", "darwin", "freebsd"]);

/** What people type: `os[/arch[/variant]]`, or one architecture name. */
export function parsePlatformText(text: string): Platform {
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) {
    throw invalidArgument(`invalid platform ${JSON.stringify(text)}: must be os[/arch[/variant]]`);
  }
  const host = hostPlatform();
  const [first = "", second, variant] = parts;
  if (second === undefined && !operatingSystems.has(first)) {
    return { os: "linux", architecture: otherNames[first] ?? first };
  }
  return {
    os: first === "macos" ? "darwin" : first,
    architecture: second === undefined ? host.architecture : (otherNames[second] ?? second),
    ...(variant !== undefined && { variant }),
  };
}
