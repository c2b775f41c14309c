import { expect, test } from "bun:test";
import { lstatSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorReply } from "../oci-error.ts";
import { DirectoryUpload } from "./directory-upload.ts";
import type { UploadKey } from "./registry-storage.ts";
import { KeptDigests } from "./upload-digest.ts";

test("an upload that fills the disk is answered with that, and gives the space back", async () => {
  const directory = mkdtempSync(join(tmpdir(), "directory-upload-"));
  try {
    const path = join(directory, "upload");
    symlinkSync("/dev/full", path);
    const target = () => join(directory, "blob");
    const place = { key: "upload" as UploadKey, path, target, kept: new KeptDigests() };
    const thrown = await (async () => {
      await using upload = await DirectoryUpload.open(place);
      for (let count = 0; count < 8; count++) await upload.write(new Uint8Array(1 << 18));
    })().catch((error: unknown) => error);
    const reply = errorReply(thrown, { id: 1, method: "PATCH", path: "/v2/" });
    expect(reply.kind === "full" && [reply.status, JSON.parse(reply.body.toString())]).toEqual([
      507,
      { errors: [{ code: "UNKNOWN", message: "no space left in the registry's storage" }] },
    ]);
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
