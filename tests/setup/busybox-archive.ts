import { busyboxImage } from "../../src/images/bootstrap/busybox-image.ts";
import { localImageArchive } from "../../src/images/bootstrap/local-image.ts";

/** busybox:latest as `docker load` takes it, the one `hull bootstrap` makes. */
export async function busyboxArchive(): Promise<Uint8Array<ArrayBuffer>> {
  await using image = busyboxImage();
  return new Uint8Array(Buffer.concat(await Array.fromAsync(localImageArchive(image, ["busybox:latest"]))));
}
