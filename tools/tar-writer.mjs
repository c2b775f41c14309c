// Just enough of tar to write small archives from memory: files, folders, links, in ustar form.

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {"file" | "directory" | "symlink" | "hardlink"} type
 * @property {number} [mode]
 * @property {Buffer} [content]
 * @property {string} [target]
 */

const typeFlags = { file: "0", hardlink: "1", symlink: "2", directory: "5" };

/** @param {readonly Entry[]} entries */
export function writeTar(entries) {
  const parts = [];
  for (const entry of entries) {
    const content = entry.content ?? Buffer.alloc(0);
    parts.push(header(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  parts.push(Buffer.alloc(1024));
  return Buffer.concat(parts);
}

/** @param {Entry} entry @param {number} size */
function header(entry, size) {
  if (Buffer.byteLength(entry.name) > 100) throw new Error(`name is too long for this tar: ${entry.name}`);
  const block = Buffer.alloc(512);
  const octal = (value, length) => value.toString(8).padStart(length - 1, "0");
  block.write(entry.name, 0);
  block.write(octal(entry.mode ?? (entry.type === "directory" ? 0o755 : 0o644), 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write("        ", 148);
  block.write(typeFlags[entry.type], 156);
  block.write(entry.target ?? "", 157);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
