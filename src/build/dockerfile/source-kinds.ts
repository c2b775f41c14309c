/** A source of ADD that is fetched from elsewhere and not from the context: a URL, or a git repository. */
export const isDownloaded = (source: string) =>
  /^(?:https?|git|ssh|ftp):\/\//i.test(source) || /^git@[\w.-]+:/.test(source);
