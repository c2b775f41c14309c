/**
 * Addresses as messages, titles and the facts of the cache have them: what stands before the `@`
 * is a login, and a name that is there for ssh alone (`git@`) tells nothing either.
 */
export function withoutPassword(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s'"]*@/gi, "$1");
}
