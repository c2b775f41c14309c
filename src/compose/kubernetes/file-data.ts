import type { ConfigFile } from "../model/resources.ts";
import type { Conversion, Manifest, YamlMap } from "./conversion.ts";
import { fileKey } from "./pod-volumes.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Texts as texts, and what is none in base64, under the key that takes it. */
export function fileData(
  files: Readonly<Record<string, Uint8Array>>,
  binary: "binaryData" | "data",
): YamlMap {
  const texts: Record<string, string> = {};
  const others: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(files)) {
    const text = asText(bytes);
    if (text === undefined) others[name] = Buffer.from(bytes).toString("base64");
    else texts[name] = text;
  }
  const textKey = binary === "data" ? "stringData" : "data";
  return {
    [textKey]: Object.keys(texts).length > 0 ? texts : undefined,
    [binary]: Object.keys(others).length > 0 ? others : undefined,
  };
}

function asText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** ConfigMaps and Secrets for the project's configs and secrets that a service uses. */
export function fileObjects(conversion: Conversion): readonly Manifest[] {
  const { project } = conversion;
  const used = (attribute: "configs" | "secrets") =>
    new Set(
      Object.values(project.services).flatMap((one) => (one[attribute] ?? []).map(({ source }) => source)),
    );
  return (["configs", "secrets"] as const).flatMap((attribute) =>
    Object.entries(project[attribute])
      .filter(([key]) => used(attribute).has(key))
      .flatMap(([key, file]) => fileObject(conversion, attribute, key, file)),
  );
}

function fileObject(
  conversion: Conversion,
  attribute: "configs" | "secrets",
  key: string,
  file: ConfigFile,
): readonly Manifest[] {
  const { notes } = conversion;
  const subject = `${attribute === "configs" ? "config" : "secret"} ${key}`;
  const lost = (name: string, text: string) => notes.lost(subject, name, text);
  if (file.driver !== undefined || file.driver_opts !== undefined) lost("driver", "the cluster keeps it");
  if (file.template_driver !== undefined) lost("template_driver", "nothing is expanded in it");
  if (file.labels && Object.keys(file.labels).length > 0) lost("labels", "labels are not carried over");
  if (file.external) {
    notes.changed(
      subject,
      "external",
      `${JSON.stringify(file.name)} must be there, with the key ${fileKey(key)}`,
    );
    return [];
  }
  const bytes = contentOf(conversion, file);
  if (!bytes) lost("file", "its content cannot be read: the manifest has none");
  const data = bytes ? { [fileKey(key)]: bytes } : {};
  const isSecret = attribute === "secrets";
  const name = isSecret ? conversion.secretName(key) : conversion.configMapName(key);
  return [
    conversion.manifest("v1", isSecret ? "Secret" : "ConfigMap", name, {
      type: isSecret ? "Opaque" : undefined,
      ...fileData(data, isSecret ? "data" : "binaryData"),
    }),
  ];
}

function contentOf(conversion: Conversion, file: ConfigFile): Uint8Array | undefined {
  if (file.content !== undefined) return new TextEncoder().encode(file.content);
  if (file.environment !== undefined) {
    const value = conversion.project.environment[file.environment];
    return value === undefined ? undefined : new TextEncoder().encode(value);
  }
  const found = file.file === undefined ? undefined : conversion.sources.read(file.file);
  return found?.kind === "file" ? found.bytes : undefined;
}
