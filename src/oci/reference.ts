import { invalidArgument } from "../errors/engine-error.ts";
import { type Digest, isDigest } from "./digest.ts";

/**
 * A name of an image. Parsed names are whole (`docker.io/library/busybox`); people see and
 * type the familiar form (`busybox`). Grammar, defaults and words are those of the
 * distribution project, which Docker uses.
 */
export interface Reference {
  /** `docker.io`, `localhost:5000`. */
  readonly domain: string;
  /** `library/busybox`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const defaultDomain = "docker.io";
const officialPrefix = "library/";

const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const host = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[(?:[a-fA-F0-9:]+)\\])`;
const domainPattern = new RegExp(`^${host}(?::[0-9]+)?$`);
const pathComponent = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const pathPattern = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`);
const tagPattern = /^[\w][\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const maxNameLength = 255;

/** Parses what a person typed: `busybox`, `a/b:tag`, `host:5000/x@sha256:…`. */
export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text))
    throw invalidArgument(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const { name, tag, digest } = splitSuffixes(text);
  const { domain, path } = splitDomain(name);
  if (path !== path.toLowerCase())
    throw invalidArgument(`invalid reference format: repository name (${path}) must be lowercase`);
  if (!domainPattern.test(domain) || !pathPattern.test(path))
    throw invalidArgument("invalid reference format");
  if (tag !== undefined && !tagPattern.test(tag)) throw invalidArgument("invalid reference format");
  if (`${domain}/${path}`.length > maxNameLength)
    throw invalidArgument(`repository name must not be more than ${maxNameLength} characters`);
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest && { digest }) };
}

function splitSuffixes(text: string): { name: string; tag: string | undefined; digest: Digest | undefined } {
  const at = text.indexOf("@");
  let rest = text;
  let digest: Digest | undefined;
  if (at >= 0) {
    const written = text.slice(at + 1);
    if (!digestPattern.test(written)) throw invalidArgument("invalid reference format");
    if (!isDigest(written)) throw invalidArgument(digestComplaint(written));
    digest = written;
    rest = text.slice(0, at);
  }
  const colon = rest.lastIndexOf(":");
  if (colon < 0 || rest.indexOf("/", colon) >= 0) return { name: rest, tag: undefined, digest };
  return { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

function digestComplaint(digest: string): string {
  return /^sha(256|512):/.test(digest) ? "invalid checksum digest length" : "unsupported digest algorithm";
}

/** The first part is a host if it looks like one; everything else lives on the default host. */
function splitDomain(name: string): { domain: string; path: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  let domain = isHost ? first : defaultDomain;
  const path = isHost ? name.slice(slash + 1) : name;
  if (domain === "index.docker.io") domain = defaultDomain;
  return { domain, path: domain === defaultDomain && !path.includes("/") ? officialPrefix + path : path };
}

/** `docker.io/library/busybox`. */
export function repositoryOf(reference: Reference): string {
  return `${reference.domain}/${reference.path}`;
}

/** The whole form, as records keep it. */
export function formatReference(reference: Reference): string {
  return repositoryOf(reference) + suffixOf(reference);
}

/** The form people see: without the default host and `library/`. */
export function familiarName(reference: Reference): string {
  if (reference.domain !== defaultDomain) return repositoryOf(reference);
  const short = reference.path.startsWith(officialPrefix) ? reference.path.slice(officialPrefix.length) : "";
  return short !== "" && !short.includes("/") ? short : reference.path;
}

export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffixOf(reference);
}

function suffixOf({ tag, digest }: Reference): string {
  return (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
}

export function isNameOnly(reference: Reference): boolean {
  return reference.tag === undefined && reference.digest === undefined;
}

/** `busybox` means `busybox:latest`. */
export function withDefaultTag(reference: Reference): Reference {
  return isNameOnly(reference) ? { ...reference, tag: "latest" } : reference;
}
