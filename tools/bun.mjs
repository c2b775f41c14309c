// Runs the pinned Bun: `node tools/bun.mjs FILE [ARG...]`.
import { spawnSync } from "node:child_process";
import { bunPath } from "./bun-path.mjs";

const result = spawnSync(bunPath(), process.argv.slice(2), { stdio: "inherit" });
process.exit(result.status ?? 1);
