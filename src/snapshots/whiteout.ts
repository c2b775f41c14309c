import { makeNodeAt } from "../sys/files.ts";
import { entryPath, getXattr, setXattr } from "../sys/xattr.ts";

/**
 * How overlayfs notes on disk that a layer hides something of the layers below: a character
 * device 0:0 in the place of a removed name, an attribute on a directory whose lower content
 * does not shine through. Layers in tar form say the same with names (`.wh.name`, `.wh..wh..opq`).
 */
export const opaqueAttribute = "trusted.overlay.opaque";

/** Attributes that belong to overlayfs itself: they never enter or leave with an archive. */
export function isOverlayAttribute(name: string): boolean {
  return name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.");
}

export function isWhiteoutNode(stats: {
  isCharacterDevice(): boolean;
  readonly rdev: number | bigint;
}): boolean {
  return stats.isCharacterDevice() && Number(stats.rdev) === 0;
}

export function makeWhiteout(dir: number, name: string): void {
  makeNodeAt(dir, name, "char", 0, 0, 0);
}

export function markOpaque(dir: number, name: string): void {
  setXattr(entryPath(dir, name), opaqueAttribute, Buffer.from("y"));
}

export function isOpaque(path: string): boolean {
  const value = getXattr(path, opaqueAttribute);
  return value !== undefined && value[0] === 0x79;
}
