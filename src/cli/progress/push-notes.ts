const missing = `You're trying to push a manifest list/index which 
				references multiple platform specific manifests, but not all of them are available locally
				or available to the remote repository.

				Make sure you have all the referenced content and try again.

				You can also push only a single platform specific manifest directly by specifying the platform you want to push with the --platform flag.`;

/** What an engine that pushed less than the whole index says about it. */
export function pushNotes(aux: unknown): string[] {
  if (typeof aux !== "object" || aux === null) return [];
  const fields = new Map<string, unknown>(Object.entries(aux));
  const notes: string[] = [];
  if (fields.get("manifestPushedInsteadOfIndex") === true) {
    const digest = (name: string) => {
      const descriptor = fields.get(name);
      const named = typeof descriptor === "object" && descriptor !== null ? Object.entries(descriptor) : [];
      return String(new Map<string, unknown>(named).get("digest") ?? "");
    };
    notes.push(
      `Not all multiplatform-content is present and only the available single-platform image was pushed\n\x1b[31m${digest("originalIndex")}\x1b[0m -> \x1b[32m${digest("selectedManifest")}\x1b[0m`,
    );
  }
  if (fields.get("contentMissing") === true) notes.push(missing);
  return notes;
}
