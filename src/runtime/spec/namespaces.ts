import type { SpecNamespace } from "../../oci/runtime-spec.ts";
import type { TaskOptions } from "../runtime.ts";

/** The host's namespaces are those that are not listed. */
export function planNamespaces(choices: TaskOptions["namespaces"]): readonly SpecNamespace[] {
  const planned: SpecNamespace[] = [{ type: "mount" }];
  for (const type of ["network", "uts", "pid", "ipc", "cgroup"] as const) {
    const choice = choices[type];
    switch (choice.kind) {
      case "new":
        planned.push({ type });
        break;
      case "path":
        planned.push({ type, path: choice.path });
        break;
      case "host":
        break;
      default:
        choice satisfies never;
    }
  }
  return planned;
}
