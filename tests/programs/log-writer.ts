import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { gzipSync } from "node:zlib";

/**
 * Writes numbered json-file lines as fast as it can and rotates by size, as a shim does:
 * `log-writer.ts PATH LINES BYTES-PER-FILE KEEP plain|gzip`.
 */
const [path = "", lines = "", limit = "", keep = "", compression = ""] = process.argv.slice(2);

function rotate(): void {
  for (let number = Number(keep) - 1; number >= 1; number--) {
    for (const suffix of ["", ".gz"])
      if (existsSync(`${path}.${number}${suffix}`))
        renameSync(`${path}.${number}${suffix}`, `${path}.${number + 1}${suffix}`);
  }
  renameSync(path, `${path}.1`);
}

function compress(): void {
  writeFileSync(`${path}.1.gz.tmp`, gzipSync(readFileSync(`${path}.1`)));
  renameSync(`${path}.1.gz.tmp`, `${path}.1.gz`);
  unlinkSync(`${path}.1`);
}

let file = openSync(path, "a");
let size = 0;
for (let index = 0; index < Number(lines); index++) {
  const line = `{"log":"line ${index}\\n","stream":"stdout","time":"2026-01-02T03:04:05.1Z"}\n`;
  // In two writes now and then: a reader may see half a line.
  if (index % 7 === 0) {
    writeSync(file, line.slice(0, 30));
    writeSync(file, line.slice(30));
  } else writeSync(file, line);
  size += line.length;
  if (size < Number(limit)) continue;
  closeSync(file);
  rotate();
  file = openSync(path, "a");
  size = 0;
  if (compression === "gzip") compress();
}
closeSync(file);
