import { interpolateTree } from "../../interpolate/interpolate-tree.ts";
import { checkSchema } from "../../schema/check-schema.ts";
import { copySpots } from "../../yaml/places.ts";
import type { YamlDocument, YamlMark } from "../../yaml/read-yaml.ts";
import { isMap, type YamlMap } from "../../yaml/yaml-value.ts";
import { ComposeFileError } from "../compose-error.ts";
import { mergeTrees } from "../merge/merge.ts";
import { takeOut } from "../merge/take-out.ts";
import { keepUnique } from "../merge/unique.ts";
import { expandShortForms } from "../short-forms/canonical.ts";
import { applyExtends } from "./extends.ts";
import { type Frame, lookupIn } from "./frame.ts";
import { applyInclude } from "./include.ts";

/** A file whose services are extended is read for them alone; what comes of it is checked later. */
export type FileRole = "merged" | "extended";

export interface LoadedFile {
  readonly model: YamlMap;
  readonly marks: readonly YamlMark[];
}

/** Reads a file, all of its documents, and merges it into what the files before it said. */
export function loadFile(base: YamlMap, file: string, frame: Frame, role: FileRole = "merged"): LoadedFile {
  let marks: readonly YamlMark[] = [];
  for (const document of frame.context.reader.documents(file)) {
    marks = document.marks;
    mergeDocument(base, document, file, frame, role);
  }
  return { model: base, marks };
}

function mergeDocument(
  base: YamlMap,
  document: YamlDocument,
  file: string,
  frame: Frame,
  role: FileRole,
): void {
  const { context } = frame;
  const model = document.value;
  if (!isMap(model)) {
    const place = document.source.placeAt(0);
    throw new ComposeFileError([{ place, path: "", message: "top-level object must be a mapping" }]);
  }
  if (context.steps.interpolate !== false) {
    interpolateTree(model, {
      lookup: lookupIn(frame.environment),
      warn: context.warn,
      ...(context.recorder && { uses: context.recorder.uses }),
    });
  }
  if (role === "merged") applyExtends(model, document.marks, file, frame);
  takeOut(base, document.marks);
  if (role === "merged") applyInclude(model, { ...frame, includedBy: [...frame.includedBy, file] });
  copySpots(model, base);
  mergeTrees(base, { over: model, replaced: context.recorder?.replaced });
  keepUnique(base, context.recorder?.repeated);
  if (role === "merged") checkMerged(base, file, frame);
  expandShortForms(base, { lenient: context.steps.interpolate === false, warn: context.warn });
  keepUnique(base, context.recorder?.repeated);
}

function checkMerged(model: YamlMap, file: string, { context }: Frame): void {
  checkSchema(model);
  if (model.version === undefined) return;
  context.warn(
    `${file}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
  );
  delete model.version;
}
