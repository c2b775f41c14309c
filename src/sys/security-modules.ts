import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether AppArmor confines processes here, and whether a profile is loaded. */
export function appArmorState(profile: string): { enabled: boolean; defaultLoaded: boolean } {
  const enabled = text("/sys/module/apparmor/parameters/enabled").startsWith("Y");
  const loaded = text("/sys/kernel/security/apparmor/profiles").includes(`${profile} (`);
  return { enabled: enabled && existsSync("/sys/kernel/security/apparmor"), defaultLoaded: loaded };
}

export function selinuxEnabled(): boolean {
  return existsSync("/sys/fs/selinux/enforce");
}

export function sysctlExists(name: string): boolean {
  return existsSync(`/proc/sys/${name.replaceAll(".", "/")}`);
}

/** The first of some programs that is installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  const path = process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (const name of names) {
    for (const directory of path.split(delimiter)) {
      const candidate = join(directory, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        /* not here */
      }
    }
  }
  return undefined;
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
