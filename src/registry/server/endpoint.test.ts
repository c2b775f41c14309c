import { describe, expect, test } from "bun:test";
import { sha256 } from "../../oci/digest.ts";
import { parseEndpoint } from "./endpoint.ts";

const digest = sha256("x");
const id = "123e4567-e89b-12d3-a456-426614174000";
type Parsed = ReturnType<typeof parseEndpoint>;

describe("parseEndpoint()", () => {
  test.each([
    ["/v2/", { kind: "base" }],
    ["/v2", { kind: "base" }],
    ["/v2/_catalog", { kind: "catalog" }],
    ["/v2/a/tags/list", { kind: "tags", name: "a" }],
    ["/v2/a/b/c/manifests/v1.0", { kind: "tag", name: "a/b/c", tag: "v1.0" }],
    [`/v2/a/manifests/${digest}`, { kind: "manifest", name: "a", digest }],
    [`/v2/a/blobs/${digest}`, { kind: "blob", name: "a", digest }],
    ["/v2/a/blobs/uploads/", { kind: "uploads", name: "a" }],
    ["/v2/a/blobs/uploads", { kind: "uploads", name: "a" }],
    [`/v2/a/blobs/uploads/${id}`, { kind: "upload", name: "a", id }],
    [`/v2/a/referrers/${digest}`, { kind: "referrers", name: "a", digest }],
    [`/v2/manifests/blobs/tags/list`, { kind: "tags", name: "manifests/blobs" }],
    [`/v2/tags/list/blobs/${digest}`, { kind: "blob", name: "tags/list", digest }],
    ["/", undefined],
    ["/v2/a", undefined],
    ["/v1/a/tags/list", undefined],
  ])("%s", (path, expected) => {
    expect(parseEndpoint("GET", path)).toEqual(expected as Parsed);
  });

  test.each([
    ["GET", "/v2/A/tags/list", "NAME_INVALID"],
    ["GET", "/v2/a//b/tags/list", "NAME_INVALID"],
    ["GET", "/v2/../tags/list", "NAME_INVALID"],
    ["GET", "/v2/a\0/tags/list", "NAME_INVALID"],
    ["GET", "/v2/_blobs/tags/list", "NAME_INVALID"],
    ["GET", `/v2/${"a/".repeat(128)}a/tags/list`, "NAME_INVALID"],
    ["GET", "/v2/a/blobs/sha256:../../x", undefined],
    ["GET", "/v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e", "DIGEST_INVALID"],
    ["GET", "/v2/a/manifests/.hidden", "MANIFEST_UNKNOWN"],
    ["PUT", "/v2/a/manifests/.hidden", "TAG_INVALID"],
    ["PUT", `/v2/a/manifests/${"t".repeat(129)}`, "TAG_INVALID"],
    ["PATCH", "/v2/a/blobs/uploads/..", "BLOB_UPLOAD_UNKNOWN"],
  ])("%s %s is refused: %s", (method, path, code) => {
    const parse = () => parseEndpoint(method, path);
    if (code === undefined) expect(parse()).toBeUndefined();
    else expect(parse).toThrow(expect.objectContaining({ code }));
  });
});
