import { invalidArgument, notImplemented } from "../../errors/engine-error.ts";

/**
 * The part of Go's templates that names a value: `{{.A.B}}` and `{{json .A}}` between plain
 * text. Anything else is refused by name.
 */
export function formatTemplate(template: string, data: unknown): string {
  const text = template.replace(/\\t/g, "\t").replace(/\\n/g, "\n");
  return text.replace(/\{\{(.*?)\}\}/gs, (whole, inside: string) => {
    const action = /^(json\s+)?(\.(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?)$/.exec(inside.trim());
    if (!action) throw notImplemented(`template parsing error: ${whole} is not supported here`);
    const value = valueAt(data, action[2] ?? ".");
    return action[1]
      ? JSON.stringify(value)
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  });
}

function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const key of path.split(".").filter((part) => part !== "")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      throw invalidArgument(`template: map has no entry for key ${JSON.stringify(key)}`);
    }
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
