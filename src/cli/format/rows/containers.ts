import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import { ago } from "../ago.ts";
import { goTime } from "../go-time.ts";
import { humanSize } from "../human-size.ts";
import { ellipsis, labelFunction, labelHead, labelsText, shortId } from "../shorten.ts";
import type { ListLayout, Row } from "../table.ts";
import { portsText, type ShownPort } from "./ports.ts";

export function containerLayout(size: boolean): ListLayout {
  const more = size ? "\\t{{.Size}}" : "";
  return {
    columns: `{{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}\\t{{.Names}}${more}`,
    quiet: "{{.ID}}",
    headers: {
      ID: "CONTAINER ID",
      Names: "NAMES",
      Image: "IMAGE",
      Command: "COMMAND",
      CreatedAt: "CREATED AT",
      RunningFor: "CREATED",
      Ports: "PORTS",
      State: "STATE",
      Status: "STATUS",
      Size: "SIZE",
      Labels: "LABELS",
      Mounts: "MOUNTS",
      LocalVolumes: "LOCAL VOLUMES",
      Networks: "NETWORKS",
      Platform: "PLATFORM",
      Label: labelHead,
    },
    typeName: "*formatter.ContainerContext",
    checksWhole: true,
    errors: { parseError: "failed to parse template: ", executeError: "failed to execute template: " },
    raw: {
      quiet: "container_id: {{.ID}}",
      full: `container_id: {{.ID}}\\nimage: {{.Image}}\\ncommand: {{.Command}}\\ncreated_at: {{.CreatedAt}}\\nstate: {{- pad .State 1 0}}\\nstatus: {{- pad .Status 1 0}}\\nnames: {{.Names}}\\nlabels: {{- pad .Labels 1 0}}\\nports: {{- pad .Ports 1 0}}\\n${size ? "size: {{.Size}}\\n" : ""}`,
    },
  };
}

export function containerRow(container: ContainerSummary, truncate: boolean): Row {
  const { Labels: labels, Mounts: mounts = [] } = container;
  const command = container.Command ?? "";
  const mountNames = (mounts ?? []).map(({ Name: name, Source: source }) => name || source || "");
  return {
    Command: JSON.stringify(truncate ? ellipsis(command, 20) : command),
    // The zone of this machine takes longer to load than all the rest.
    get CreatedAt() {
      return goTime(container.Created ?? 0);
    },
    ID: truncate ? shortId(container.Id ?? "") : (container.Id ?? ""),
    Image: imageText(container, truncate),
    Label: labelFunction(labels),
    Labels: labelsText(labels),
    LocalVolumes: String((mounts ?? []).filter(({ Driver: driver }) => driver === "local").length),
    Mounts: mountNames.map((name) => (truncate ? ellipsis(name, 15) : name)).join(","),
    Names: namesText(container.Names ?? [], truncate),
    Networks: Object.keys(container.NetworkSettings?.Networks ?? {})
      .sort()
      .join(","),
    Platform: null,
    Ports: portsText((container.Ports ?? []) as readonly ShownPort[]),
    RunningFor: ago(container.Created ?? 0),
    Size: sizeText(container),
    State: container.State ?? "",
    Status: container.Status ?? "",
  };
}

function imageText({ Image: image = "", ImageID: id = "" }: ContainerSummary, truncate: boolean): string {
  if (image === "" || image === null) return "<no image>";
  if (!truncate) return image;
  if (shortId(image) === shortId(id ?? "")) return shortId(image);
  // With a tag the digest says nothing more.
  return image.replace(/^(.*:[^/@]+)@sha256:[0-9a-f]{64}$/, "$1");
}

/** Names that other containers gave by links hold a second slash. */
function namesText(names: readonly string[], truncate: boolean): string {
  const plain = names.map((name) => name.replace(/^\//, ""));
  return (truncate ? plain.filter((name) => !name.includes("/")) : plain).join(",");
}

function sizeText({ SizeRw: own, SizeRootFs: whole }: ContainerSummary): string {
  const text = humanSize(own ?? 0);
  return whole ? `${text} (virtual ${humanSize(whole)})` : text;
}
