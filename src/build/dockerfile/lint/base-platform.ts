import { docs, edited, type Rule } from "./rule.ts";
import { expansionOf } from "./scopes.ts";

const flag = /--platform=\S+\s+/;

export const redundantTargetPlatform: Rule = {
  name: "RedundantTargetPlatform",
  detail:
    "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
  url: docs("redundant-target-platform"),
  *find(subject) {
    for (const { from } of subject.dockerfile.stages) {
      if (from.platform === undefined || !/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(from.platform))
        continue;
      yield {
        message: `Setting platform to predefined ${from.platform} in FROM is redundant as this is the default behavior`,
        range: from.range,
        at: from,
        rewrite: edited(subject, from, flag, ""),
      };
    }
  },
};

export const fromPlatformFlagConstDisallowed: Rule = {
  name: "FromPlatformFlagConstDisallowed",
  detail: "FROM --platform flag should not use a constant value",
  url: docs("from-platform-flag-const-disallowed"),
  *find(subject) {
    for (const { from, name = "" } of subject.dockerfile.stages) {
      if (from.platform === undefined) continue;
      const expansion = expansionOf(from.platform, subject.globals, subject.dockerfile);
      if (expansion === undefined || expansion.used.size + expansion.unset.size > 0) continue;
      // A stage named for its platform is meant so.
      const [os = "", architecture = os] = expansion.value.split("/");
      if (os === "" || name.includes(os) || name.includes(architecture)) continue;
      yield {
        message: `FROM --platform flag should not use constant value ${JSON.stringify(expansion.value)}`,
        range: from.range,
        at: from,
        rewrite: edited(subject, from, flag, ""),
      };
    }
  },
};
