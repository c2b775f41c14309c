import { ComposeFileError } from "../load/compose-error.ts";
import { DocumentReader } from "./document-reader.ts";
import { parseNodes } from "./parse-nodes.ts";
import { SourceText } from "./source-text.ts";
import type { YamlDocument } from "./yaml-document.ts";

export type { YamlDocument, YamlMark } from "./yaml-document.ts";

import { YamlFault } from "./yaml-fault.ts";

// trail: compose config
/** The documents of one file. Throws a ComposeFileError with the place of what cannot be read. */
export function readYaml(file: string, text: string): YamlDocument[] {
  const source = new SourceText(file, text);
  try {
    return parseNodes(text).map((node) => new DocumentReader(source).read(node));
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const { message, at } = tabBefore(source, error) ?? error;
    throw new ComposeFileError([{ place: source.placeAt(at), path: "", message }], error);
  }
}

/** A tab that indents a line is the reason, whatever was found to be wrong there. */
function tabBefore(source: SourceText, { at }: YamlFault): { message: string; at: number } | undefined {
  const { column } = source.placeAt(at);
  const indentation = /^[ \t]*/.exec(source.lineAt(at))?.[0] ?? "";
  const tab = indentation.indexOf("\t");
  if (tab < 0) return undefined;
  return { message: "a tab cannot indent a line: use spaces", at: at - (column - 1) + tab };
}
