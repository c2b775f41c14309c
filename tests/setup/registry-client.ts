import { sha256 } from "../../src/oci/digest.ts";
import { type RegistryOptions, startRegistry } from "../../src/registry/server/start-registry.ts";
import { MemoryRegistryStorage } from "../fakes/memory-registry-storage.ts";

export const ociManifest = "application/vnd.oci.image.manifest.v1+json";
export const ociIndex = "application/vnd.oci.image.index.v1+json";
export const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

type Body = string | Uint8Array | ReadableStream;

/** Our registry in this process, on memory unless told, and the requests that tests make of it. */
export async function registryForTest(options: Partial<RegistryOptions> = {}) {
  const storage = new MemoryRegistryStorage();
  const registry = await startRegistry({ storage, ...options });
  const ask = (method: string, path: string, body?: Body, headers: Record<string, string> = {}) =>
    fetch(new URL(path, registry.url), {
      method,
      headers,
      redirect: "manual",
      ...(body !== undefined && { body: typeof body === "string" ? Buffer.from(body) : body }),
    });
  const pushBlob = async (name: string, bytes: string | Uint8Array, headers: Record<string, string> = {}) => {
    const digest = sha256(bytes);
    const answer = await ask("POST", `/v2/${name}/blobs/uploads/?digest=${digest}`, bytes, headers);
    if (answer.status !== 201) throw new Error(`blob not pushed: ${answer.status} ${await answer.text()}`);
    return { digest, size: bytes.length };
  };
  const putManifest = (name: string, reference: string, manifest: unknown, type = ociManifest) =>
    ask("PUT", `/v2/${name}/manifests/${reference}`, asText(manifest), { "Content-Type": type });
  /** An image with one layer, pushed whole. */
  const pushImage = async (name: string, tag: string, content: string, more: object = {}) => {
    const config = await pushBlob(name, `{"of":${JSON.stringify(content)}}`);
    const layer = await pushBlob(name, content);
    const manifest = imageManifest(config, [layer], more);
    const answer = await putManifest(name, tag, manifest);
    if (answer.status !== 201) throw new Error(`manifest not pushed: ${await answer.text()}`);
    return { manifest, digest: sha256(manifest), config, layer };
  };
  return {
    storage,
    registry,
    ask,
    pushBlob,
    putManifest,
    pushImage,
    [Symbol.asyncDispose]: () => registry.close(),
  };
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

export function imageManifest(config: Blob, layers: readonly Blob[], more: object = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map((layer) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer })),
    ...more,
  });
}

/** Status and first error code of a refusal. */
export async function refusal(answer: Response): Promise<[number, string | undefined]> {
  const body = (await answer.json()) as { errors?: { code: string; message: string }[] };
  return [answer.status, body.errors?.[0]?.code];
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
