/** The errno name of a failed kernel call (`EADDRINUSE`), if that is what the error is about. */
export function errnoOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause && typeof cause === "object" && "code" in cause ? String(cause.code) : undefined;
}
