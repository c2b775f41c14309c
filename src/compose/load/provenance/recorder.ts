import type { RecordedUse } from "../../interpolate/interpolate-tree.ts";
import { type Spot, spotOf, spotsOf } from "../../yaml/places.ts";
import type { YamlDocument } from "../../yaml/read-yaml.ts";
import type { SourceText } from "../../yaml/source-text.ts";
import { isMap, type YamlList, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import type { LoadRecorder } from "../files/frame.ts";
import type { Origin } from "../provenance.ts";

type Role = Exclude<Origin["by"], "default">;

/** A value that was written somewhere, and is no longer what counts. */
export interface Replaced {
  readonly spot: Spot;
  readonly value: YamlValue;
}

/** Keeps in mind what a load does: which file plays which part, and what took the place of what. */
export class Recorder implements LoadRecorder {
  readonly uses: RecordedUse[] = [];
  readonly variableFiles: string[] = [];
  private readonly roles = new Map<SourceText, Role>();
  /** Where services begin in a file, and what else ends them. */
  private readonly blocks = new Map<SourceText, { readonly from: number; readonly service?: string }[]>();
  private readonly replacements = new Map<Spot, Replaced>();

  readonly replaced = (container: YamlMap, key: string, over: YamlMap): void => {
    this.note(spotOf(over, key), spotOf(container, key), container[key] ?? null);
  };

  readonly repeated = (list: YamlList, earlier: number, later: number): void => {
    this.note(spotOf(list, later), spotOf(list, earlier), list[earlier] ?? null);
  };

  read({ source, value }: YamlDocument, role: Role): void {
    this.roles.set(source, role);
    if (!isMap(value)) return;
    const blocks = this.blocks.get(source) ?? [];
    for (const { key } of spotsOf(value)?.values() ?? []) blocks.push({ from: key });
    const services = isMap(value.services) ? (spotsOf(value.services) ?? []) : [];
    for (const [name, spot] of services) {
      if (spot.source === source) blocks.push({ from: spot.key, service: String(name) });
    }
    this.blocks.set(
      source,
      blocks.sort((a, b) => a.from - b.from),
    );
  }

  variablesOf(files: readonly string[]): void {
    this.variableFiles.push(...files);
  }

  /** What a value took the place of, the last one first. */
  overrode(spot: Spot): readonly Replaced[] {
    const all: Replaced[] = [];
    for (let next = this.replacements.get(spot); next; next = this.replacements.get(next.spot)) {
      if (all.some(({ spot: known }) => known === next?.spot)) break;
      all.push(next);
    }
    return all;
  }

  /** How a value that is written there came to a service, or to what is no service's. */
  roleOf({ source, key }: Spot, service: string | undefined): Role {
    const role = this.roles.get(source) ?? "file";
    if (service === undefined || role === "extends") return role;
    const block = this.blocks.get(source)?.findLast(({ from }) => from <= key);
    return block?.service === undefined || block.service === service ? role : "extends";
  }

  private note(by: Spot | undefined, spot: Spot | undefined, value: YamlValue): void {
    if (by && spot && by !== spot) this.replacements.set(by, { spot, value });
  }
}
