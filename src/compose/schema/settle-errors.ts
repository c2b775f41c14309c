import type { SchemaError } from "./generated/compose-validator.js";

/**
 * Where a value may have several forms, the validator tells of each form why it does not fit. This
 * keeps what matters: the mistakes inside the form whose kind (text, list, mapping) was written, or,
 * if no form is of that kind, one mistake that names all kinds.
 */
export function settleErrors(errors: readonly SchemaError[]): SchemaError[] {
  let kept: SchemaError[] = [];
  for (const error of errors) {
    if (error.keyword === "oneOf" || error.keyword === "anyOf") kept = settleForms(kept, error);
    else kept.push(error);
  }
  return kept;
}

function settleForms(kept: readonly SchemaError[], forms: SchemaError): SchemaError[] {
  const path = forms.instancePath;
  const isOfForms = (error: SchemaError) =>
    error.instancePath === path || error.instancePath.startsWith(`${path}/`);
  const before = kept.filter((error) => !isOfForms(error));
  const inside = kept.filter(isOfForms);
  const isWrongKind = (error: SchemaError) => error.keyword === "type" && error.instancePath === path;
  const mistakes = inside.filter((error) => !isWrongKind(error));
  if (mistakes.length > 0) return [...before, ...mistakes];
  const kinds = [
    ...new Set(inside.filter(isWrongKind).flatMap(({ params }) => params.type as string | string[])),
  ];
  if (kinds.length === 0) return [...before, forms];
  return [...before, { ...forms, keyword: "type", params: { type: kinds } }];
}
