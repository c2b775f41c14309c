import { formatPlatform } from "../../oci/platform.ts";
import type { BuildPlan } from "./build-plan.ts";
import type { CopyItem, Operation } from "./operation.ts";

/** A plan as lines: each operation once, inputs before what uses them. */
export function printPlan({ image, steps }: BuildPlan): string {
  const numbers = new Map<Operation, number>();
  const lines: string[] = [];
  const show = (operation: Operation): string => {
    const known = numbers.get(operation);
    if (known !== undefined) return `#${known}`;
    const text = describe(operation, show);
    const number = numbers.size + 1;
    numbers.set(operation, number);
    lines.push(`#${number} ${text}`);
    return `#${number}`;
  };
  const top = show(image.top);
  return [
    ...lines,
    `image ${formatPlatform(image.platform)} ${top}`,
    `config ${JSON.stringify(image.config)}`,
    ...(image.author === undefined ? [] : [`author ${image.author}`]),
    ...image.history.map(
      ({ created_by, operation }) => `history ${operation ? show(operation) : "-"} ${created_by ?? ""}`,
    ),
    ...steps.map(({ title, operation }) => `step ${operation ? show(operation) : "-"} ${title}`),
  ].join("\n");
}

function describe(operation: Operation, show: (operation: Operation) => string): string {
  const { kind } = operation;
  const fresh = operation.fresh ? " fresh" : "";
  const words = (values: Record<string, unknown>) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== false && value !== "" && !isEmpty(value))
      .map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join("");
  switch (kind) {
    case "empty":
      return "empty";
    case "image":
      return `image ${operation.image.id}`;
    case "context":
      return `context${words({ name: operation.name, source: operation.source.kind, ignore: operation.ignore })}`;
    case "download":
    case "git": {
      const { title: _, kind: __, fresh: ___, ...rest } = operation;
      return `${kind}${words(rest)}`;
    }
    case "run": {
      const { base, command, mounts, title: _, kind: __, fresh: ___, hosts, limits, ...rest } = operation;
      const mounted = mounts.map(({ from, ...mount }) => (from ? { ...mount, from: show(from) } : mount));
      return `run${fresh} on ${show(base)} ${JSON.stringify(command)}${words({ ...rest, mounts: mounted, hosts, limits })}`;
    }
    case "copy": {
      const { base, items, title: _, kind: __, fresh: ___, ...rest } = operation;
      return `copy${fresh} on ${show(base)} ${items.map((item) => itemWords(item, show)).join(", ")}${words(rest)}`;
    }
    case "workdir": {
      const { base, path, owner } = operation;
      return `workdir${fresh} on ${show(base)} ${path}${words({ owner })}`;
    }
    default:
      return operation satisfies never;
  }
}

function itemWords(item: CopyItem, show: (operation: Operation) => string): string {
  if (!("from" in item)) return `${JSON.stringify(item.content)} as ${item.fileName}`;
  return `${item.paths.join(" ")} of ${show(item.from)}${item.unpack === "archives" ? " unpacking" : ""}`;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
