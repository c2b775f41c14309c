import { describe, expect, test } from "bun:test";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import type { Platform } from "../../oci/platform.ts";
import { chooseManifest } from "./choose-manifest.ts";

function platformOf(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, ...(variant && { variant }) };
}

/** `linux/arm/v7`, `-` for none, `index` for an index without a platform. */
function entry(text: string, at: number): Descriptor {
  return {
    mediaType: text === "index" ? mediaTypes.ociIndex : mediaTypes.ociManifest,
    digest: `sha256:${String(at).repeat(64)}` as Digest,
    size: 1,
    ...(!["-", "index"].includes(text) && { platform: platformOf(text) }),
  };
}

function chosen(entries: readonly string[], wanted: string): string | undefined {
  const all = entries.map(entry);
  return entries[all.indexOf(chooseManifest(all, platformOf(wanted)))];
}

describe("chooseManifest", () => {
  test.each([
    [["linux/arm64", "linux/amd64"], "linux/amd64", "linux/amd64"],
    [["unknown/unknown", "linux/amd64"], "linux/amd64", "linux/amd64"],
    [["linux/arm64/v8"], "linux/arm64", "linux/arm64/v8"],
    [["linux/arm64"], "linux/arm64/v8", "linux/arm64"],
    [["linux/arm/v5", "linux/arm/v6", "linux/arm/v7"], "linux/arm", "linux/arm/v7"],
    [["linux/arm/v5", "linux/arm/v6"], "linux/arm/v7", "linux/arm/v6"],
    [["linux/amd64/v3", "linux/amd64"], "linux/amd64", "linux/amd64"],
    [["linux/amd64", "linux/amd64/v2"], "linux/amd64/v3", "linux/amd64/v2"],
    [["-", "linux/amd64"], "linux/amd64", "linux/amd64"],
    [["-", "linux/arm64"], "linux/amd64", "-"],
    [["index", "linux/arm64"], "linux/amd64", "index"],
  ])("of %j for %s", (entries, wanted, best) => {
    expect(chosen(entries, wanted)).toBe(best);
  });

  test.each([
    [["linux/arm64"], "linux/amd64", "linux/amd64"],
    [["linux/arm/v7"], "linux/arm/v6", "linux/arm/v6"],
    [["linux/amd64/v3"], "linux/amd64", "linux/amd64"],
    [["windows/amd64"], "linux/amd64", "linux/amd64"],
    [[], "linux/amd64", "linux/amd64"],
  ])("of %j for %s there is none", (entries, wanted, words) => {
    expect(() => chosen(entries, wanted)).toThrow(
      `no matching manifest for ${words} in the manifest list entries`,
    );
  });
});
