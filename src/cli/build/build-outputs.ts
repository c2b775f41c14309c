import { invalidArgument, notImplemented } from "../../errors/engine-error.ts";
import { parseKeyValues } from "../../lib/key-values.ts";

/** One `--output`, and where its bytes go on this machine. */
export type BuildOutput =
  | { readonly type: "image"; readonly push: boolean; readonly names: readonly string[] }
  | { readonly type: "registry"; readonly names: readonly string[] }
  /** Unpacked into a directory. */
  | { readonly type: "local"; readonly directory: string }
  /** `-` is standard output. */
  | { readonly type: "tar" | "oci" | "docker"; readonly file: string };

/** `-o out` is a directory, `-o -` a tar to standard output, everything else `type=…,dest=…`. */
export function parseOutput(text: string): BuildOutput {
  if (text === "-") return { type: "tar", file: "-" };
  if (!text.includes("=")) return { type: "local", directory: text };
  const values = parseKeyValues(text);
  const type = values.get("type");
  const destination = values.get("dest") ?? "";
  refuseUnknown(text, values);
  const names = (values.get("name") ?? "").split(",").filter(Boolean);
  switch (type) {
    case "image":
      return { type, push: values.get("push") === "true", names };
    case "registry":
      return { type, names };
    case "local":
      if (destination === "") throw invalidArgument("dest is required for local exporter");
      return { type, directory: destination };
    case "tar":
    case "oci":
    case "docker":
      // Without a destination, `docker` loads the image, as with buildx.
      if (type === "docker" && destination === "") return { type: "image", push: false, names };
      return { type, file: destination || "-" };
    case undefined:
      throw invalidArgument(`type is required for output ${JSON.stringify(text)}`);
  }
  throw notImplemented(
    `output type ${JSON.stringify(type)} is not supported: use image, docker, oci, tar, local or registry`,
  );
}

const known = ["type", "dest", "push", "name"];

function refuseUnknown(text: string, values: ReadonlyMap<string, string>): void {
  for (const key of values.keys()) {
    if (!known.includes(key))
      throw notImplemented(
        `the option ${JSON.stringify(key)} of output ${JSON.stringify(text)} is not supported`,
      );
  }
}

/** What the API takes: streams by the number of their output. */
export function outputParameter(outputs: readonly BuildOutput[]): string | undefined {
  if (outputs.length === 0) return undefined;
  const wire = outputs.map((output, index) => {
    switch (output.type) {
      case "image":
        return { Type: "image", Attrs: { push: String(output.push) } };
      case "registry":
        return { Type: "registry", Attrs: {} };
      case "local":
        return { Type: "tar", Attrs: { name: String(index) } };
      case "tar":
      case "oci":
      case "docker":
        return { Type: output.type, Attrs: { name: String(index) } };
    }
    return output satisfies never;
  });
  return JSON.stringify(wire);
}
