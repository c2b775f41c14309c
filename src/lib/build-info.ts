import manifest from "../../package.json" with { type: "json" };

/** What this executable is. The build fills in commit and time; from sources they are empty. */
export const buildInfo = {
  version: manifest.version,
  commit: process.env.HULL_BUILD_COMMIT ?? "",
  time: process.env.HULL_BUILD_TIME ?? "",
} as const;
