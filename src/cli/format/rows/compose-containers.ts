import { labels } from "../../../compose/labels.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import type { ListLayout, Row } from "../table.ts";
import { containerLayout, containerRow } from "./containers.ts";
import type { ShownPort } from "./ports.ts";

// Mistakes in templates are told without a word in front.
const { errors: _, ...layout } = containerLayout(false);

/** `compose ps`: columns of its own, templates and `raw` like those of `ps`. */
export const composeContainerLayout: ListLayout = {
  ...layout,
  columns:
    "{{.Name}}\\t{{.Image}}\\t{{.Command}}\\t{{.Service}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}",
  headers: {
    ID: "CONTAINER ID",
    Name: "NAME",
    Project: "PROJECT",
    Service: "SERVICE",
    Image: "IMAGE",
    Command: "COMMAND",
    CreatedAt: "CREATED AT",
    RunningFor: "CREATED",
    Ports: "PORTS",
    State: "STATE",
    Status: "STATUS",
    Size: "SIZE",
    Labels: "LABELS",
  },
};

export function composeContainerRow(container: ContainerSummary, name: string, truncate: boolean): Row {
  const { Labels: its, State: state = "", Status: status = "" } = container;
  const { Platform: _, ...row } = Object.getOwnPropertyDescriptors(containerRow(container, truncate));
  return Object.defineProperties(
    {
      ExitCode: state === "exited" ? Number(/^Exited \((\d+)\)/.exec(status ?? "")?.[1] ?? 0) : 0,
      Health: state === "running" ? healthOf(status ?? "") : "",
      Name: name,
      Project: its?.[labels.project] ?? "",
      Publishers: publishersOf((container.Ports ?? []) as readonly ShownPort[]),
      Service: its?.[labels.service] ?? "",
    },
    // Getters stay getters.
    row,
  );
}

/** `Up 2 minutes (healthy)`, `Up 2 seconds (health: starting)` */
function healthOf(status: string): string {
  return /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status)?.[1] ?? "";
}

function publishersOf(ports: readonly ShownPort[]) {
  return ports
    .toSorted((a, b) => a.PrivatePort - b.PrivatePort)
    .map(({ IP = "", PrivatePort, PublicPort = 0, Type }) => ({
      URL: IP,
      TargetPort: PrivatePort,
      PublishedPort: PublicPort,
      Protocol: Type,
    }));
}
