// One deed on an image store with durable records, to be killed in the middle of by a failpoint:
// bun image-deed.ts DIRECTORY load ARCHIVE | pull HOST:PORT/NAME | push NAME:TAG | create | remove NAME
import { join } from "node:path";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { openImageStore } from "../../src/images/disk-image-store.ts";
import { Limiter } from "../../src/lib/limiter.ts";
import { parseReference, withDefaultTag } from "../../src/oci/reference.ts";
import { openRecords } from "../../src/records/sqlite-records.ts";
import { openRepository } from "../../src/registry/client/open-repository.ts";
import { usualRetries } from "../../src/registry/client/retry.ts";
import { openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { MemoryRegistry } from "../fakes/memory-repository.ts";

const [directory = "", deed = "", argument = ""] = process.argv.slice(2);
const records = openRecords(join(directory, "hull.db"));
const content = openContentStore(join(directory, "content"));
const snapshots = openOverlaySnapshotter(join(directory, "snapshots"));
const images = openImageStore({ content, snapshots, table: records.images });

if (deed === "load") {
  await images.load(Bun.file(argument).stream());
} else if (deed === "pull") {
  const reference = withDefaultTag(parseReference(argument));
  const access = { credentials: undefined, insecureRegistries: [], certificateDirectories: [] };
  await images.pull(
    { reference, repository: openRepository(reference, "pull", access) },
    {
      platform: undefined,
      downloads: new Limiter(() => 3),
      retries: usualRetries,
      onProgress: () => {},
      signal: new AbortController().signal,
    },
  );
} else if (deed === "push") {
  const { domain, path, tag = "latest" } = parseReference(argument);
  const repository = new MemoryRegistry().repository(path);
  const options = { uploads: new Limiter(() => 5), chunkSize: 0, onProgress: () => {} };
  const { signal } = new AbortController();
  await images.push({ reference: { domain, path, tag }, repository }, undefined, { ...options, signal });
} else if (deed === "create") {
  const parent = await images.find(argument);
  const layer = Bun.file(join(directory, "layer.tar")).stream();
  const platform = { os: "linux", architecture: "amd64" };
  await images.create({ parent: parent.id, layer, platform, runConfig: {}, history: { created_by: "deed" } });
} else {
  await images.remove(argument, { force: false, prune: true, usedBy: () => [] });
}
