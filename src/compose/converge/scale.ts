import type { Scale } from "./deeds.ts";
import { up } from "./up.ts";

/** `up` of the services named with other numbers: what has not changed stays as it is. */
export const scale: Scale = async (context, project, numbers, { noDependencies }) => {
  await up(context, project, {
    services: [...numbers.keys()],
    noDependencies,
    recreate: "changed",
    recreateDependencies: "changed",
    renewAnonymousVolumes: false,
    removeOrphans: false,
    ignoreOrphans: true,
    scale: numbers,
    build: "missing",
    pull: "policy",
    quietPull: false,
    noStart: false,
    timeout: undefined,
    wait: false,
    waitTimeout: undefined,
  });
};
