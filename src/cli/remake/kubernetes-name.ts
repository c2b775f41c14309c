/** Lower case letters, digits and hyphens. */
export function kubernetesName(name: string): string {
  const clean = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return clean.slice(0, 63).replace(/-+$/, "") || "app";
}
