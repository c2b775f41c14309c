/**
 * Ways of a feature through the rooms: the files it passes, in order. Each of these files
 * says `// trail: NAME` at the place where the feature passes.
 */
export const trails: Readonly<Record<string, readonly string[]>> = {};
