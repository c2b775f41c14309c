import { interpolateTree } from "../../interpolate/interpolate-tree.ts";
import { checkSchema } from "../../schema/check-schema.ts";
import { copySpots } from "../../yaml/places.ts";
import type { YamlDocument, YamlMark } from "../../yaml/read-yaml.ts";
import { isMap, type YamlMap } from "../../yaml/yaml-value.ts";
import { checkValues } from "../check/values.ts";
import { setDefaults } from "../complete/defaults.ts";
import { resolvePaths } from "../complete/paths.ts";
import { takeVariables } from "../complete/variables.ts";
import { ComposeFileError } from "../compose-error.ts";
import { mergeTrees } from "../merge/merge.ts";
import { takeOut } from "../merge/take-out.ts";
import { keepUnique } from "../merge/unique.ts";
import { Problems } from "../problem.ts";
import { expandShortForms } from "../short-forms/canonical.ts";
import { applyExtends } from "./extends.ts";
import { type Frame, type LoadedFile, lookupIn } from "./frame.ts";
import { applyInclude } from "./include.ts";

// trail: compose config
/** Files that are one model: each is merged into those before it, then it is completed and checked. */
export function loadFiles(files: readonly string[], frame: Frame, keepRelativePaths = false): YamlMap {
  const model: YamlMap = {};
  for (const file of files) loadFile(model, file, frame, "merged");
  setDefaults(model);
  checkValues(model);
  if (!keepRelativePaths) {
    resolvePaths(model, {
      workingDirectory: frame.workingDirectory,
      home: frame.context.home,
      warn: frame.context.warn,
    });
  }
  // What is left as it is written is not looked up either; what a secret says stays out of it.
  if (frame.context.steps.interpolate !== false) takeVariables(model, frame.environment);
  return model;
}

/** A file whose services are extended is read for them alone; what comes of it is checked later. */
type FileRole = "merged" | "extended";

/** Reads a file, all of its documents, and merges it into what the files before it said. */
function loadFile(base: YamlMap, file: string, frame: Frame, role: FileRole): LoadedFile {
  let marks: readonly YamlMark[] = [];
  for (const document of frame.context.reader.documents(file)) {
    marks = document.marks;
    mergeDocument(base, document, file, frame, role);
  }
  return { model: base, marks };
}

function loadExtended(file: string, frame: Frame): LoadedFile {
  return loadFile({}, file, frame, "extended");
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
    interpolate(model, frame);
  }
  context.recorder?.read(document, roleOf(role, file, frame));
  if (role === "merged") applyExtends(model, document.marks, file, frame, loadExtended);
  takeOut(base, document.marks);
  if (role === "merged")
    applyInclude(model, { ...frame, includedBy: [...frame.includedBy, file] }, loadFiles);
  copySpots(model, base);
  mergeTrees(base, { over: model, replaced: context.recorder?.replaced });
  keepUnique(base, context.recorder?.repeated);
  if (role === "merged") checkMerged(base, file, frame);
  expandShortForms(base, { lenient: context.steps.interpolate === false, warn: context.warn });
  keepUnique(base, context.recorder?.repeated);
}

/** Where variables cannot be expanded, what else is wrong with the file is told as well. */
function interpolate(model: YamlMap, { context, environment }: Frame): void {
  const problems = new Problems();
  problems.attempt(() =>
    interpolateTree(model, {
      lookup: lookupIn(environment),
      warn: context.warn,
      ...(context.recorder && { uses: context.recorder.uses }),
    }),
  );
  if (!problems.isEmpty) problems.attempt(() => checkSchema(model));
  problems.throwAll();
}

function roleOf(role: FileRole, file: string, frame: Frame): "file" | "override" | "include" | "extends" {
  if (role === "extended") return "extends";
  if (frame.includedBy.length > 0) return "include";
  return file === frame.firstFile ? "file" : "override";
}

function checkMerged(model: YamlMap, file: string, { context }: Frame): void {
  checkSchema(model);
  if (model.version === undefined) return;
  context.warn(
    `${file}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
  );
  delete model.version;
}
