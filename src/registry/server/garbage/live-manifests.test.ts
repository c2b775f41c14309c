import { expect, test } from "bun:test";
import { type Digest, sha256 } from "../../../oci/digest.ts";
import { liveManifests, type ManifestLinks } from "./live-manifests.ts";

const links = (manifests: readonly Digest[] = [], subject?: Digest): ManifestLinks => ({
  blobs: [],
  manifests,
  subject,
});

test("liveManifests() follows indexes down and subjects up, also around circles", () => {
  const [index, image, signature, aboutSignature, lost, aboutLost] = [
    ...["index", "image", "signature", "about signature", "lost", "about lost"].map((name) => sha256(name)),
  ] as [Digest, Digest, Digest, Digest, Digest, Digest];
  const all = new Map([
    [index, links([image, sha256("not there")])],
    [image, links()],
    [signature, links([], image)],
    [aboutSignature, links([index], signature)],
    [lost, links()],
    [aboutLost, links([], lost)],
  ]);
  expect(liveManifests(all, [index])).toEqual(new Set([index, image, signature, aboutSignature]));
  expect(liveManifests(all, [])).toEqual(new Set());
});
