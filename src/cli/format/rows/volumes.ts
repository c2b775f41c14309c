import type { Volume } from "../../../protocol/generated/types.ts";
import { humanSize } from "../human-size.ts";
import { labelFunction, labelHead, labelsText } from "../shorten.ts";
import type { ListLayout, Row } from "../table.ts";

export const volumeLayout: ListLayout = {
  columns: "{{.Driver}}\\t{{.Name}}",
  quiet: "{{.Name}}",
  headers: {
    Name: "VOLUME NAME",
    Driver: "DRIVER",
    Scope: "SCOPE",
    Availability: "AVAILABILITY",
    Mountpoint: "MOUNTPOINT",
    Labels: "LABELS",
    Links: "LINKS",
    Size: "SIZE",
    Group: "GROUP",
    Status: "STATUS",
    Label: labelHead,
  },
  typeName: "*formatter.volumeContext",
};

export function volumeRow(volume: Volume): Row {
  const { UsageData: data, Labels: labels } = volume;
  return {
    Name: volume.Name,
    Driver: volume.Driver,
    Scope: volume.Scope,
    Mountpoint: volume.Mountpoint,
    Labels: labelsText(labels),
    Label: labelFunction(labels),
    Links: data ? String(data.RefCount) : "N/A",
    Size: data ? humanSize(data.Size, 4) : "N/A",
    Group: "N/A",
    Availability: "N/A",
    Status: "N/A",
  };
}
