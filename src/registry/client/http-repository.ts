import { internal, invalidArgument } from "../../errors/engine-error.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import type { RegistryReply } from "../auth/reply.ts";
import { checkedManifest, describedBy, largestManifest, manifestAccept } from "./manifest-answer.ts";
import { RegistryRefusal, refusalOf } from "./registry-refusal.ts";
import type { RegistrySession, SessionRequest } from "./registry-session.ts";
import type { BlobRange, BlobUpload, RemoteManifest, RemoteRepository } from "./remote-repository.ts";
import { retrying } from "./retry.ts";
import { tagPages } from "./tag-pages.ts";
import { uploadBlob } from "./upload-blob.ts";

/** Requests about manifests may make a registry ask another one. */
const manifestTimeoutMs = 60_000;
/** A blob may be fetched from slow storage before its first byte comes. */
const blobTimeoutMs = 60_000;

/** A repository behind the HTTP API of the distribution specification. */
export class HttpRepository implements RemoteRepository {
  readonly #path: string;
  readonly #session: RegistrySession;
  readonly #scopes: readonly string[];

  constructor(path: string, purpose: "pull" | "push", session: RegistrySession) {
    this.#path = path;
    this.#session = session;
    this.#scopes = [`repository:${path}:${purpose === "pull" ? "pull" : "pull,push"}`];
  }

  async manifest(reference: string, signal: AbortSignal): Promise<RemoteManifest> {
    return await retrying(this.#session.retries, signal, async () => {
      const reply = await this.#ask(manifestPath(reference), { headers: manifestAccept }, signal);
      const length = Number(reply.headers.get("content-length") ?? 0);
      if (length > largestManifest) {
        reply.discard();
        throw internal(`manifest is too long: ${length} bytes, more than ${largestManifest}`);
      }
      const raw = await reply.bytes(largestManifest, "manifest");
      return checkedManifest(reference, raw, reply.headers);
    });
  }

  async describe(reference: string, signal: AbortSignal): Promise<Descriptor | undefined> {
    const head = await retrying(this.#session.retries, signal, async () => {
      const request = { method: "HEAD", headers: manifestAccept } as const;
      const reply = await this.#send(manifestPath(reference), request, signal);
      // An answer to HEAD has no body to explain itself with: GET asks again for that.
      if (reply.status === 429 || reply.status >= 500) throw await this.#refusal(reply);
      reply.discard();
      return reply.status < 300 ? describedBy(reference, reply.headers) : undefined;
    });
    if (head) return head;
    try {
      return (await this.manifest(reference, signal)).descriptor;
    } catch (error) {
      if (error instanceof RegistryRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  async putManifest(
    reference: string,
    { raw, mediaType }: { raw: Uint8Array; mediaType: string },
    signal: AbortSignal,
  ): Promise<Digest> {
    const digest = checkedManifest(isDigest(reference) ? reference : "", raw, new Headers()).descriptor
      .digest;
    const body = new Uint8Array(raw);
    await retrying(this.#session.retries, signal, async () => {
      const headers = { "Content-Type": mediaType };
      const reply = await this.#ask(manifestPath(reference), { method: "PUT", headers, body }, signal);
      reply.discard();
    });
    return digest;
  }

  async blob(
    digest: Digest,
    offset: number,
    signal: AbortSignal,
    { once = false }: { readonly once?: boolean } = {},
  ): Promise<BlobRange> {
    const { retries } = this.#session;
    return await retrying(once ? { ...retries, attempts: 1 } : retries, signal, async () => {
      const headers = offset > 0 ? { Range: `bytes=${offset}-` } : {};
      const timeoutMs = blobTimeoutMs;
      const reply = await this.#ask(`blobs/${digest}`, { headers, timeoutMs }, signal);
      const range = rangeOf(reply, offset);
      if (!range) {
        reply.discard();
        throw internal(`the registry sent another part of blob ${digest} than it was asked for`);
      }
      return { ...range, bytes: reply.stream() };
    });
  }

  async hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean> {
    return await retrying(this.#session.retries, signal, async () => {
      const reply = await this.#send(`blobs/${digest}`, { method: "HEAD" }, signal);
      if (reply.status >= 200 && reply.status < 300) {
        reply.discard();
        return true;
      }
      const refusal = await this.#refusal(reply);
      if (reply.status === 404) return false;
      throw refusal;
    });
  }

  async mountBlob(digest: Digest, from: string, signal: AbortSignal): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const scopes = [...this.#scopes, `repository:${from}:pull`];
    const reply = await this.#send(`blobs/uploads/?${query}`, { method: "POST", scopes }, signal);
    const location = reply.headers.get("location");
    const { status, url } = reply;
    if (status === 201) {
      reply.discard();
      return true;
    }
    if (status !== 202) throw await this.#refusal(reply);
    reply.discard();
    // Not mounted: it opened an upload instead, which nobody goes on with.
    if (location !== null && URL.canParse(location, url.href)) {
      const request = { method: "DELETE", scopes: this.#scopes } as const;
      await this.#session.send(new URL(location, url), request, signal).then(
        (dropped) => dropped.discard(),
        () => {},
      );
    }
    return false;
  }

  async uploadBlob(
    blob: { digest: Digest; size: number },
    upload: BlobUpload,
    signal: AbortSignal,
  ): Promise<void> {
    const start = await this.#session.url(`${this.#path}/blobs/uploads/`, signal);
    await uploadBlob({ session: this.#session, start, scopes: this.#scopes }, blob, upload, signal);
  }

  async *tags(signal: AbortSignal): AsyncIterable<string> {
    const first = await this.#session.url(`${this.#path}/tags/list`, signal);
    yield* tagPages(first, (url) =>
      retrying(this.#session.retries, signal, async () => {
        const reply = await this.#session.send(url, { scopes: this.#scopes }, signal);
        if (reply.status >= 200 && reply.status < 300) return reply;
        throw await this.#refusal(reply);
      }),
    );
  }

  /** One request below this repository whose answer must be a success. */
  async #ask(
    path: string,
    request: Omit<SessionRequest, "scopes">,
    signal: AbortSignal,
  ): Promise<RegistryReply> {
    const reply = await this.#send(path, request, signal);
    if (reply.status >= 200 && reply.status < 300) return reply;
    throw await this.#refusal(reply);
  }

  async #send(
    path: string,
    request: Omit<SessionRequest, "scopes"> & { readonly scopes?: readonly string[] },
    signal: AbortSignal,
  ): Promise<RegistryReply> {
    const url = await this.#session.url(`${this.#path}/${path}`, signal);
    const whole = { scopes: this.#scopes, timeoutMs: manifestTimeoutMs, ...request };
    return await this.#session.send(url, whole, signal);
  }

  async #refusal(reply: RegistryReply): Promise<RegistryRefusal> {
    const { status, message, codes, retryAfterMs } = await refusalOf(reply);
    return new RegistryRefusal(status, this.#session.redact(message), codes, retryAfterMs);
  }
}

function manifestPath(reference: string): string {
  if (!isDigest(reference) && !/^[\w][\w.-]{0,127}$/.test(reference)) {
    throw invalidArgument(`invalid tag ${JSON.stringify(reference)}`);
  }
  return `manifests/${reference}`;
}

/** Undefined when the answer begins elsewhere than asked. */
function rangeOf({ status, headers }: RegistryReply, offset: number): Omit<BlobRange, "bytes"> | undefined {
  const length = headers.get("content-length");
  const known = length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  if (status !== 206) return { offset: 0, size: known };
  const range = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers.get("content-range") ?? "");
  if (!range || Number(range[1]) !== offset) return undefined;
  return { offset, size: range[2] === "*" ? undefined : Number(range[2]) };
}
