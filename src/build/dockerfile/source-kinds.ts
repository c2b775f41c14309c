/** A source of ADD that is downloaded. */
export const isUrl = (source: string): boolean => /^(?:https?|ftp):\/\//i.test(source);

/** A source of ADD that is a git repository. */
export const isGit = (source: string): boolean =>
  /^(?:git|ssh):\/\//i.test(source) ||
  /^[\w.-]+@[\w.-]+:/.test(source) ||
  (/^https?:\/\//i.test(source) && /\.git(?:[#?]|$)/.test(source));
